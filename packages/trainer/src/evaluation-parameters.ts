// The parameters a model is evaluated with, where the optimizer says that these are not the trained ones.

import {
  evaluate,
  type Hyperparameters,
  hyperparameters,
  input,
  type Optimizer,
  type Snapshot,
  type Tensor,
  type TracedParameter,
  type Values,
  valueAt,
  valueOf,
} from '@gradwerk/core'
import { slotName } from './step-program.ts'

function feeds({ all }: Hyperparameters, step: number, total: number): Values {
  return Object.fromEntries(
    [...all].map(([name, { value }]) => [name, valueOf('float32', [], [valueAt(value, step, total)])]),
  )
}

/**
 * Parameters for evaluation and export after `step` of `total` steps. Where they are not the trained ones, each is put into the set of its
 * constraint once more: an average of points of a sphere, say, lies inside of it.
 */
export function evaluationParameters(
  optimizer: Optimizer,
  traced: ReadonlyMap<string, TracedParameter>,
  { parameters, slots }: Snapshot,
  step: number,
  total: number,
): Values {
  const { evaluationParameter } = optimizer
  // Before the first step there is nothing to average.
  if (evaluationParameter === undefined || step === 0) return parameters
  const collected = hyperparameters()
  const scope = collected.scope('optimizer')
  const expressions = [...traced].map(([name, { info, spec, tensor }]): Tensor => {
    const own = Object.keys(optimizer.slots(info)).map((slot) => {
      const { shape, dtype } = slots[slotName(name, slot)] as Values[string]
      return [slot, input(slotName(name, slot), shape, dtype)] as const
    })
    const evaluated = evaluationParameter(tensor, Object.fromEntries(own), scope, info)
    const { constraint } = spec
    if (constraint === undefined || evaluated === tensor) return evaluated
    return constraint.project(evaluated, info, collected.scope(`constraint.${constraint.name}`))
  })
  const values = evaluate(expressions, { ...parameters, ...slots, ...feeds(collected, step, total) })
  return Object.fromEntries([...traced.keys()].map((name, i) => [name, values[i] as Values[string]]))
}
