// The networks that are compared: dense layers with rectifiers, and what a configuration puts between them.

import type { Initializer, Layer } from '@gradwerk/core'
import { dense, flatten, relu, sequential } from '@gradwerk/layers'
import { dropout } from '@gradwerk/regularizers'

export interface NetworkOptions {
  /** Units of the hidden layers, from the input on. */
  readonly hidden: readonly number[]
  readonly initializer: Initializer
  /** A layer between each hidden layer and its rectifier. */
  readonly normalization?: (() => Layer) | undefined
  /** Probability of dropping a hidden unit. */
  readonly dropProbability?: number | undefined
}

const classes = 10

/** flatten → (dense → [normalization] → relu → [dropout]) for each hidden layer → dense(10): logits [batch, 10]. */
export function network({ hidden, initializer, normalization, dropProbability }: NetworkOptions): Layer {
  const blocks = hidden.flatMap((units) => [
    dense(units, { initializer }),
    ...(normalization === undefined ? [] : [normalization()]),
    relu(),
    ...(dropProbability === undefined ? [] : [dropout(dropProbability)]),
  ])
  return sequential([flatten(), ...blocks, dense(classes, { initializer })])
}
