// The work that is measured: a multilayer perceptron on 10,000 generated images, and the file that hands it to contestants.

import { readFile } from 'node:fs/promises'
import {
  batchRows,
  DataError,
  type Dataset,
  epochOrder,
  filled,
  fold,
  initializeModel,
  keyOf,
  type Layer,
  type ModelTrace,
  type Optimizer,
  OptionError,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import { arrayDataset, generatedDigits } from '@gradwerk/datasets'
import { dense, flatten, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { adam, sgd } from '@gradwerk/optimizers'
import { decodeSafetensors, encodeSafetensors, type StepProgram, stepProgram, writeAtomically } from '@gradwerk/trainer'

export const workName = 'mlp-512'
export const workDescription = 'MLP 784-512-512-10, batch 128'
/** Steps of a call: what the trainer chooses for this work. Each part of a block is a multiple of it. */
export const stepsPerCall = 64
/** Steps of a block before the clock starts. */
export const warmUp = 64
/** Steps of a block that are timed. */
export const timedSteps = 64

const batch = 128
const images = 10_000
const key = keyOf(1)

/** What is measured with, and at which learning rate. */
export const learningRates: Readonly<Record<string, number>> = { sgd: 0.1, adam: 0.001 }

export function optimizerOf(name: string, learningRate: number): Optimizer {
  if (name === 'sgd') return sgd(learningRate)
  if (name === 'adam') return adam(learningRate)
  throw new OptionError({
    who: 'peer-bench',
    problem: 'unknown optimizer',
    expected: Object.keys(learningRates).join(', '),
    got: name,
  })
}

function perceptron(): Layer {
  return sequential([flatten(), dense(512), relu(), dense(512), relu(), dense(10)])
}

/** The very program that the trainer runs. */
export function stepOf(dataset: Dataset, optimizer: Optimizer, batchSize: number): StepProgram {
  const plain = { regularizers: [], gradientTransforms: [], augmentations: [] }
  return stepProgram({ model: perceptron(), loss: softmaxCrossEntropy(), optimizer, ...plain }, dataset, batchSize)
}

/** The optimizer's slots before the first step. */
export function filledSlots({ slots }: StepProgram): Values {
  return Object.fromEntries([...slots].map(([name, { shape, initial }]) => [name, filled('float32', shape, initial)]))
}

/** Writes images, labels, the rows of every step of a block and the first parameters, so that all contestants train alike. */
export async function writeWork(path: string): Promise<void> {
  const { train } = generatedDigits({ train: images, test: 1 })
  const { trace } = stepOf(train, sgd(0.1), batch)
  const parameters = Object.values(initializeModel(trace, key).parameters)
  const steps = warmUp + timedSteps
  const epochs = Math.ceil((steps * batch) / (images - batch))
  const rows = Int32Array.from(
    Array.from({ length: epochs }, (_, epoch) => {
      return [...batchRows(epochOrder(train.indices, fold(key, epoch)), batch, 'drop').rows]
    }).flat(),
  )
  const tensors: Values = {
    images: train.inputs,
    labels: train.targets,
    rows: value('int32', [steps, batch], rows.slice(0, steps * batch)),
    ...Object.fromEntries(parameters.map((parameter, i) => [`parameter.${i}`, parameter])),
  }
  await writeAtomically(path, encodeSafetensors({ tensors, metadata: { inputScale: String(train.inputScale) } }))
}

export interface Work {
  readonly dataset: Dataset
  readonly batch: number
  /** Steps of a block, warm-up included. */
  readonly steps: number
  /** The images of each step: [steps · batch]. */
  readonly rows: Int32Array
  /** The first parameters under their names in a model. */
  parameters(trace: ModelTrace): Values
}

export async function readWork(path: string): Promise<Work> {
  const { tensors } = decodeSafetensors(path, await readFile(path))
  const tensor = (name: string): Value => {
    const found = tensors[name]
    if (found === undefined) throw new DataError({ who: path, problem: `there is no tensor '${name}'` })
    return found
  }
  const rows = tensor('rows')
  if (!(rows.data instanceof Int32Array))
    throw new DataError({ who: path, problem: 'rows are not int32', got: rows.dtype })
  const [steps = 0, batchSize = 0] = rows.shape
  return {
    dataset: arrayDataset({ inputs: tensor('images'), targets: tensor('labels'), classes: 10 }),
    batch: batchSize,
    steps,
    rows: rows.data,
    parameters: ({ parameters }) =>
      Object.fromEntries([...parameters.keys()].map((name, i) => [name, tensor(`parameter.${i}`)])),
  }
}
