// A linear model, trained with all samples in every step: one kernel [features, outputs] and a bias.

import {
  type Backend,
  type Callback,
  type Dataset,
  type Initializer,
  type Loss,
  numbers,
  type Optimizer,
  type Regularizer,
  value,
} from '@gradwerk/core'
import { zeros } from '@gradwerk/initializers'
import { dense } from '@gradwerk/layers'
import { Trainer } from '@gradwerk/trainer'

export interface LinearFit {
  readonly dataset: Dataset
  readonly loss: Loss
  readonly optimizer: Optimizer
  /** Of the kernel alone. Default none. */
  readonly regularizer?: Regularizer | undefined
  /** Default 1. */
  readonly outputs?: number
  /** First numbers of the kernel. Default zeros. */
  readonly initializer?: Initializer
  readonly steps: number
  readonly callbacks?: readonly Callback[]
  readonly backend: Backend
  readonly seed?: number
}

export interface LinearModel {
  /** [features, outputs], row-major. */
  readonly kernel: readonly number[]
  readonly bias: readonly number[]
}

export async function fitLinear(fit: LinearFit): Promise<LinearModel> {
  const {
    dataset,
    loss,
    optimizer,
    regularizer,
    outputs = 1,
    initializer = zeros(),
    steps,
    callbacks = [],
    backend,
    seed = 0,
  } = fit
  const model = dense(outputs, { initializer, regularizer })
  const trainer = new Trainer({ model, loss, optimizer, callbacks, backend, seed })
  const { snapshot } = await trainer.fit(dataset, { epochs: steps, batchSize: dataset.indices.length })
  const of = (name: string) =>
    Array.from(snapshot.parameters[name] === undefined ? [] : numbers(snapshot.parameters[name]))
  return { kernel: of('kernel'), bias: of('bias') }
}

/** Made-up samples: inputs [samples, features] and targets [samples] or [samples, outputs], both row by row. */
export function madeUp(
  name: string,
  inputs: readonly (readonly number[])[],
  targets: readonly (readonly number[])[],
): Dataset {
  const matrix = (rows: readonly (readonly number[])[]) =>
    value('float32', [rows.length, rows[0]?.length ?? 0], Float32Array.from(rows.flat()))
  return {
    name,
    real: false,
    inputs: matrix(inputs),
    targets: matrix(targets),
    indices: Int32Array.from(inputs.keys()),
    inputScale: 1,
  }
}
