// Models with the numbers that a little training leaves: no parameter is zero or one throughout, and statistics have moved.

import { ort } from '@gradwerk/backend-ort'
import {
  type Dataset,
  input,
  isFloat,
  keyOf,
  type Layer,
  randomStream,
  reference,
  sizeOf,
  type TrainedModel,
  type Type,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { generatedDigits } from '@gradwerk/datasets'
import { meanSquaredError, softmaxCrossEntropy } from '@gradwerk/losses'
import { allConvolutional, batchNormCnn, leNet5, mlp, preActivationResNet } from '@gradwerk/models'
import { batchNorm, foldBatchNorm } from '@gradwerk/normalization'
import { adam, sgd } from '@gradwerk/optimizers'
import { Trainer } from '@gradwerk/trainer'
import type { LayerModel } from './layer-models.ts'

/** Random numbers of a type: floats standard normal unless they stand for indices, bytes uniform. */
export function samples({ dtype, shape }: Type, seed: number, indices = 256): Value {
  const random = randomStream(keyOf(seed))
  const draw = isFloat(dtype) && indices === 256 ? () => random.normal() : () => random.integer(indices)
  return valueOf(dtype, shape, Float64Array.from({ length: sizeOf(shape) }, draw))
}

const rows = 24

function randomTargets({ layer, input: shape, indices }: LayerModel): Dataset {
  const { output } = traceModel(layer, input('x', [rows, ...shape]))
  return {
    name: 'random',
    real: false,
    inputs: samples({ dtype: 'float32', shape: [rows, ...shape] }, 1, indices),
    targets: samples({ dtype: 'float32', shape: output.shape }, 2),
    indices: Int32Array.from({ length: rows }, (_, i) => i),
    inputScale: 1,
  }
}

/** A layer after four steps towards random targets. */
export async function trainedLayer(model: LayerModel): Promise<TrainedModel> {
  const { layer, input: shape, dtype = 'float32' } = model
  const { parameters, states } = traceModel(layer, input('x', [rows, ...shape]))
  const type = { shape, dtype }
  if (parameters.size === 0 && states.size === 0) return { layer, input: type, parameters: {}, state: {} }
  const trainer = new Trainer({
    model: layer,
    loss: meanSquaredError(),
    optimizer: sgd(0.1),
    backend: reference(),
    seed: 1,
  })
  const run = await trainer.fit(randomTargets(model), { epochs: 1, batchSize: 6 })
  return { ...run.model, input: type }
}

/** Narrow ones, which the reference backend can run on 64 images. */
const models: readonly Layer[] = [
  mlp({ hidden: [64] }),
  leNet5(),
  batchNormCnn({ filters: [4, 8], units: 32 }),
  allConvolutional({ filters: [8, 16], normalization: batchNorm() }),
  preActivationResNet({ blocks: 1, width: 8, survival: 0.9 }),
]

/** The ready-made models after an epoch on generated digits; those with batch normalization also folded. */
export async function* trainedModels(): AsyncGenerator<readonly [name: string, model: TrainedModel]> {
  const { train } = generatedDigits({ train: 320, test: 1, seed: 1 })
  for (const layer of models) {
    const trainer = new Trainer({
      model: layer,
      loss: softmaxCrossEntropy(),
      optimizer: adam(1e-3),
      backend: ort({ threads: 1 }),
      seed: 1,
    })
    const { model } = await trainer.fit(train, { epochs: 1, batchSize: 32 })
    yield [layer.name, model]
    const folded = foldBatchNorm(model)
    if (folded !== model) yield [`${layer.name}-folded`, folded]
  }
}
