// Feeding hyper-parameters: plain numbers once per call, schedules once per step.

import {
  type Hyperparameter,
  type Hyperparameters,
  isPlugin,
  PluginError,
  show,
  type Tensor,
  type Value,
  valueAt,
  valueOf,
} from '@gradwerk/core'

type Tensors = Record<string, Tensor>

/** Which hyper-parameters are inputs for a whole call, and which have a value for each step. */
export function splitHyperparameters({ all }: Hyperparameters): { shared: Tensors; inputs: Tensors } {
  const shared: Tensors = {}
  const inputs: Tensors = {}
  for (const [name, { tensor, value }] of all) (typeof value === 'number' ? shared : inputs)[name] = tensor
  return { shared, inputs }
}

/** A schedule's number at a step. Throws a PluginError where it is none. */
function scheduled(name: string, schedule: Hyperparameter, step: number, total: number): number {
  const number: unknown = valueAt(schedule, step, total)
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new PluginError({
    who: isPlugin(schedule) ? `schedule ${schedule.name}` : 'schedule',
    problem: `at(${step}, ${total}) gave no value for '${name}'`,
    expected: 'a finite number',
    got: show(number),
  })
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
        Array.from({ length: count }, (_, i) => scheduled(name, value, step + i, total)),
      )
  }
  return { shared, inputs }
}
