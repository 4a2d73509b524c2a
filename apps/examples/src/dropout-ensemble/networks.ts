// Three small networks with dropout, and the made-up samples they learn.

import { type Backend, type Dataset, keyOf, type Layer, randomStream, type TrainedModel, value } from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { adam } from '@gradwerk/optimizers'
import { standardDropout } from '@gradwerk/regularizers'
import { Trainer } from '@gradwerk/trainer'

export type NetworkName = 'linear' | 'one hidden layer' | 'two hidden layers'

export interface Network {
  /** Units of each hidden layer; each is followed by dropout. At most ten in all, so that every mask can be gone through. */
  readonly hidden: readonly number[]
  readonly rectified: boolean
}

export const networks: Readonly<Record<NetworkName, Network>> = {
  linear: { hidden: [10], rectified: false },
  'one hidden layer': { hidden: [10], rectified: true },
  'two hidden layers': { hidden: [5, 5], rectified: true },
}

export const networkNames: readonly NetworkName[] = ['linear', 'one hidden layer', 'two hidden layers']
export const classes = 3

/** Three arms of a spiral: the class and the distance from the centre decide the direction, but for some noise. */
export function spiral(samples: number, seed: number): Dataset {
  const random = randomStream(keyOf(seed))
  const points = Array.from({ length: samples }, (_, i) => {
    const radius = 0.3 + 1.7 * random.uniform()
    const angle = ((i % classes) / classes) * 2 * Math.PI + 0.9 * radius + 0.35 * random.normal()
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  })
  return {
    name: 'spiral',
    real: false,
    inputs: value('float32', [samples, 2], Float32Array.from(points.flat())),
    targets: value(
      'int32',
      [samples],
      Int32Array.from(points, (_, i) => i % classes),
    ),
    indices: Int32Array.from(points.keys()),
    classes,
    inputScale: 1,
  }
}

/** (dense → [relu] → dropout) · depth → dense: logits [batch, 3] of points [batch, 2]. */
function layerOf({ hidden, rectified }: Network, dropProbability: number): Layer {
  return sequential([
    ...hidden.flatMap((units) => [
      dense(units),
      ...(rectified ? [relu()] : []),
      // The textbook variant: nothing is scaled in training, and activations by 1 − p in evaluation.
      standardDropout(dropProbability),
    ]),
    dense(classes),
  ])
}

export interface Trained {
  readonly model: TrainedModel
  /** The logits [samples, 3] of the scaled network, that is in evaluation. */
  logits(points: Dataset): Promise<number[][]>
}

export async function train(network: Network, dropProbability: number, backend: Backend): Promise<Trained> {
  const trainer = new Trainer({
    model: layerOf(network, dropProbability),
    loss: softmaxCrossEntropy(),
    optimizer: adam(0.02),
    backend,
    seed: 1,
  })
  const { model } = await trainer.fit(spiral(300, 1), { epochs: 40, batchSize: 30 })
  return {
    model,
    async logits({ inputs }) {
      const { data } = await trainer.predict(inputs)
      return Array.from({ length: inputs.shape[0] ?? 0 }, (_, i) =>
        Array.from(data.slice(i * classes, (i + 1) * classes), Number),
      )
    },
  }
}
