// The file that hands a work to contestants: images, labels, the rows of every step, the network and its first parameters.

import { readFile } from 'node:fs/promises'
import {
  batchRows,
  DataError,
  type Dataset,
  epochOrder,
  fold,
  initializeModel,
  keyOf,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import { arrayDataset, generatedDigits } from '@gradwerk/datasets'
import { sgd } from '@gradwerk/optimizers'
import { decodeSafetensors, defaultStepsPerCall, encodeSafetensors, writeAtomically } from '@gradwerk/trainer'
import { describeNetwork } from './network.ts'
import { stepOf } from './step.ts'
import { type Work, workOf } from './works.ts'

const key = keyOf(1)
const parameterPrefix = 'parameter.'

/** How the steps of a block fall. Both parts are multiples of the steps of a call. */
export interface Steps {
  /** Steps of a call of gradwerk's backend. */
  readonly stepsPerCall: number
  /** Steps before the clock starts. */
  readonly warmUp: number
  /** Steps under the clock. */
  readonly timed: number
}

/** The images with the axes that the network of the work takes. */
function datasetOf({ sample }: Pick<Work, 'sample'>, inputs: Value, targets: Value): Dataset {
  return arrayDataset({ inputs: { ...inputs, shape: [inputs.shape[0] ?? 0, ...sample] }, targets, classes: 10 })
}

/** Shuffled rows for a number of steps, epoch after epoch. */
function rowsOf({ indices }: Dataset, batch: number, steps: number): Value {
  // An epoch drops less than a batch at its end.
  const epochs = Math.ceil((steps * batch) / (indices.length - batch))
  const rows = Array.from({ length: epochs }, (_, epoch) => [
    ...batchRows(epochOrder(indices, fold(key, epoch)), batch, 'drop').rows,
  ]).flat()
  return value('int32', [steps, batch], Int32Array.from(rows.slice(0, steps * batch)))
}

/** Writes everything that makes all contestants train alike, with a number of generated images. */
export async function writeWork(path: string, work: Work, images = 10_000): Promise<Steps> {
  const { train } = generatedDigits({ train: images, test: 1 })
  const dataset = datasetOf(work, train.inputs, train.targets)
  const { trace, program } = stepOf(work, sgd(0.1), dataset)
  const stepsPerCall = defaultStepsPerCall(program)
  const { warmUp, timed } = work.calls
  const { parameters } = initializeModel(trace, key)
  const tensors: Values = {
    images: dataset.inputs,
    labels: dataset.targets,
    rows: rowsOf(dataset, work.batch, (warmUp + timed) * stepsPerCall),
    ...Object.fromEntries(Object.entries(parameters).map(([name, numbers]) => [parameterPrefix + name, numbers])),
  }
  const metadata = {
    work: work.name,
    inputScale: String(dataset.inputScale),
    stepsPerCall: String(stepsPerCall),
    network: JSON.stringify(describeNetwork(work.network, work.sample)),
  }
  await writeAtomically(path, encodeSafetensors({ tensors, metadata }))
  return { stepsPerCall, warmUp: warmUp * stepsPerCall, timed: timed * stepsPerCall }
}

export interface WorkFile {
  readonly work: Work
  readonly dataset: Dataset
  readonly stepsPerCall: number
  /** Steps of a block, warm-up included. */
  readonly steps: number
  /** The images of each step: [steps · batch]. */
  readonly rows: Int32Array
  /** The first parameters under their names in the network. */
  readonly parameters: Values
}

export async function readWork(path: string): Promise<WorkFile> {
  const { tensors, metadata } = decodeSafetensors(path, await readFile(path))
  const tensor = (name: string): Value => {
    const found = tensors[name]
    if (found === undefined) throw new DataError({ who: path, problem: `there is no tensor '${name}'` })
    return found
  }
  const rows = tensor('rows')
  if (!(rows.data instanceof Int32Array))
    throw new DataError({ who: path, problem: 'rows are not int32', got: rows.dtype })
  const work = workOf(metadata['work'] ?? '')
  return {
    work,
    dataset: datasetOf(work, tensor('images'), tensor('labels')),
    stepsPerCall: Number(metadata['stepsPerCall']),
    steps: rows.shape[0] ?? 0,
    rows: rows.data,
    parameters: Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(parameterPrefix))
        .map(([name, numbers]) => [name.slice(parameterPrefix.length), numbers]),
    ),
  }
}
