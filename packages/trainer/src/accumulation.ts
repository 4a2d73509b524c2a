// Gradient accumulation: one update from the gradients of several batches, as if they had been one.

import {
  add,
  div,
  greater,
  type Hyperparameter,
  type Hyperparameters,
  input,
  mul,
  type StateTransition,
  type Tensor,
  valueAt,
  where,
} from '@gradwerk/core'

/** Which steps of a run make an update together: every `count` of an epoch, and those that are left at its end. */
export interface Accumulation {
  /** Updates done after so many steps; for a step (from 0) in the middle of an update, that update's number. */
  updates(steps: number): number
  /** 0 at the first step of an update, else 1. */
  readonly kept: Hyperparameter
  /** 1 at the last step of an update, else 0. */
  readonly last: Hyperparameter
}

/** Updates from `count` steps each, in epochs of some steps; undefined where that is one. */
export function accumulation(count: number, stepsPerEpoch: number): Accumulation | undefined {
  if (count === 1) return undefined
  const updatesPerEpoch = Math.ceil(stepsPerEpoch / count)
  const within = (step: number) => step % stepsPerEpoch
  const ends = (step: number) => (within(step) + 1) % count === 0 || within(step) === stepsPerEpoch - 1
  return {
    updates: (step) => Math.floor(step / stepsPerEpoch) * updatesPerEpoch + Math.floor(within(step) / count),
    kept: { at: (step) => (within(step) % count === 0 ? 0 : 1) },
    last: { at: (step) => (ends(step) ? 1 : 0) },
  }
}

/** Schedules that count updates instead of steps. */
export function perUpdate(collected: Hyperparameters, { updates }: Accumulation): Hyperparameters {
  const counted = new Map<Hyperparameter, Hyperparameter>()
  const wrapped = (value: Hyperparameter): Hyperparameter => {
    if (typeof value === 'number') return value
    const made = counted.get(value) ?? {
      at: (step: number, total: number) => valueAt(value, updates(step), updates(total)),
    }
    counted.set(value, made)
    return made
  }
  return {
    all: collected.all,
    scope(prefix) {
      const { hyperparameter } = collected.scope(prefix)
      return { hyperparameter: (name, value) => hyperparameter(name, wrapped(value)) }
    },
  }
}

export interface Accumulated {
  /** The mean gradients over the samples of the update so far. */
  readonly gradients: ReadonlyMap<string, Tensor>
  /** Those as states, by parameter, and what the samples so far count, under the name ''. */
  readonly states: ReadonlyMap<string, StateTransition>
  /** The new value in the last step of an update, the old one before. */
  readonly atLast: (next: Tensor, current: Tensor) => Tensor
}

/**
 * Running means of gradients over the steps of an update: `m ← m + (g − m) · w / Σw`, w being what the samples of the step's batch count together. The means
 * of batches of any sizes and weights become that of all their samples.
 */
export function accumulated(
  gradients: ReadonlyMap<string, Tensor>,
  batchWeight: Tensor | number,
  { kept, last }: Accumulation,
  hyperparameters: Hyperparameters,
  stateName: (parameter: string) => string,
): Accumulated {
  const scope = hyperparameters.scope('accumulation')
  const counted = input(stateName(''), [])
  const before = mul(counted, scope.hyperparameter('kept', kept))
  const total = add(before, batchWeight)
  const [old, fresh] = [div(before, total), div(batchWeight, total)]
  const means = [...gradients].map(([name, gradient]) => {
    const current = input(stateName(name), gradient.shape)
    return [name, { current, next: add(mul(current, old), mul(gradient, fresh)) }] as const
  })
  const now = greater(scope.hyperparameter('last', last), 0.5)
  return {
    gradients: new Map(means.map(([name, { next }]) => [name, next])),
    states: new Map([...means, ['', { current: counted, next: total }]]),
    atLast: (next, current) => (next === current ? current : where(now, next, current)),
  }
}
