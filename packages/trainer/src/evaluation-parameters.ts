// The parameters a model is evaluated with, where the optimizer says that these are not the trained ones.

import {
  evaluate,
  type Hyperparameters,
  hyperparameters,
  input,
  type Optimizer,
  type Snapshot,
  type Tensor,
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

/** Parameters for evaluation and export after `step` of `total` steps.*/
export function evaluationParameters(
  optimizer: Optimizer,
  { parameters, slots }: Snapshot,
  step: number,
  total: number,
): Values {
  const { evaluationParameter } = optimizer
  if (evaluationParameter === undefined) return parameters
  const collected = hyperparameters()
  const scope = collected.scope('optimizer')
  const names = Object.keys(parameters)
  const expressions = names.map((name): Tensor => {
    const own = Object.entries(slots).filter(([slot]) => slot.startsWith(slotName(name, '')))
    const tensors = own.map(
      ([slot, { shape, dtype }]) => [slot.slice(slotName(name, '').length), input(slot, shape, dtype)] as const,
    )
    const { shape, dtype } = parameters[name] as Values[string]
    return evaluationParameter(input(name, shape, dtype), Object.fromEntries(tensors), scope)
  })
  const values = evaluate(expressions, { ...parameters, ...slots, ...feeds(collected, step, total) })
  return Object.fromEntries(names.map((name, i) => [name, values[i] as Values[string]]))
}
