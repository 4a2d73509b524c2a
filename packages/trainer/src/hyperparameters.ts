// Feeding hyper-parameters: plain numbers once per call, schedules once per step.

import { type Hyperparameters, type Tensor, type Value, valueAt, valueOf } from '@gradwerk/core'

type Tensors = Record<string, Tensor>

/** Which hyper-parameters are inputs for a whole call, and which have a value for each step. */
export function splitHyperparameters({ all }: Hyperparameters): { shared: Tensors; inputs: Tensors } {
  const shared: Tensors = {}
  const inputs: Tensors = {}
  for (const [name, { tensor, value }] of all) (typeof value === 'number' ? shared : inputs)[name] = tensor
  return { shared, inputs }
}

/** Values for the `count` steps from `step` on, of a run of `total` steps. */
export function hyperparameterFeeds(
  of: Hyperparameters,
  step: number,
  count: number,
  total: number,
): { shared: Record<string, Value>; inputs: Record<string, Value> } {
  const shared: Record<string, Value> = {}
  const inputs: Record<string, Value> = {}
  for (const [name, { value }] of of.all) {
    if (typeof value === 'number') shared[name] = valueOf('float32', [], [value])
    else
      inputs[name] = valueOf(
        'float32',
        [count],
        Array.from({ length: count }, (_, i) => valueAt(value, step + i, total)),
      )
  }
  return { shared, inputs }
}
