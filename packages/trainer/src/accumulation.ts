// Gradient accumulation: one update from the gradients of several batches, as if they had been one.

import {
  add,
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
  /** The part of an update's samples that is in the batch of a step. */
  readonly weight: Hyperparameter
  /** 1 at the last step of an update, else 0. */
  readonly last: Hyperparameter
}

/** The batches of an epoch: `steps` of them, all of one size but the last. */
export interface EpochShape {
  readonly steps: number
  readonly batchSize: number
  readonly lastSize: number
}

/** Updates from `count` batches each; undefined where that is one. */
export function accumulation(count: number, epoch: EpochShape): Accumulation | undefined {
  return count === 1 ? undefined : together(count, epoch)
}

function together(count: number, { steps, batchSize, lastSize }: EpochShape): Accumulation {
  const updatesPerEpoch = Math.ceil(steps / count)
  const place = (step: number) => {
    const at = step % steps
    const first = at - (at % count)
    const end = Math.min(first + count, steps)
    const sizeOf = (i: number) => (i === steps - 1 ? lastSize : batchSize)
    const samples = (end - first - 1) * batchSize + sizeOf(end - 1)
    return { first: at === first, last: at === end - 1, weight: sizeOf(at) / samples }
  }
  return {
    updates: (step) => Math.floor(step / steps) * updatesPerEpoch + Math.floor((step % steps) / count),
    kept: { at: (step) => (place(step).first ? 0 : 1) },
    weight: { at: (step) => place(step).weight },
    last: { at: (step) => (place(step).last ? 1 : 0) },
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
  /** Those as states, by parameter. */
  readonly sums: ReadonlyMap<string, StateTransition>
  /** The new value in the last step of an update, the old one before. */
  readonly atLast: (next: Tensor, current: Tensor) => Tensor
}

/** Adds the gradients of a step to those of the steps before that belong to the same update. */
export function accumulated(
  gradients: ReadonlyMap<string, Tensor>,
  { kept, weight, last }: Accumulation,
  hyperparameters: Hyperparameters,
  stateName: (parameter: string) => string,
): Accumulated {
  const scope = hyperparameters.scope('accumulation')
  const sums = new Map(
    [...gradients].map(([name, gradient]) => {
      const current = input(stateName(name), gradient.shape)
      const before = mul(current, scope.hyperparameter('kept', kept))
      return [name, { current, next: add(before, mul(gradient, scope.hyperparameter('weight', weight))) }] as const
    }),
  )
  const now = greater(scope.hyperparameter('last', last), 0.5)
  return {
    gradients: new Map([...sums].map(([name, { next }]) => [name, next])),
    sums,
    atLast: (next, current) => (next === current ? current : where(now, next, current)),
  }
}
