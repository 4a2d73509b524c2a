// Hyper-parameters: numbers that become inputs of the traced program, so that a learning rate is not part of its structure.

import type { Hyperparameter, Scope } from '../contracts/schedule.ts'
import { input, scalar, type Tensor } from '../tensor/tensor.ts'

export interface TracedHyperparameter {
  readonly tensor: Tensor
  readonly value: Hyperparameter
}

/** Collects the hyper-parameters of a program, by full name: `optimizer.learningRate`. */
export interface Hyperparameters {
  /** The scope of one plugin. */
  scope(prefix: string): Scope
  readonly all: ReadonlyMap<string, TracedHyperparameter>
}

export function hyperparameters(): Hyperparameters {
  const all = new Map<string, TracedHyperparameter>()
  return {
    all,
    scope: (prefix) => ({
      hyperparameter(name, value) {
        const full = `${prefix}.${name}`
        // A plugin that is applied to several parameters asks once for each of them.
        const known = [...all].find(
          ([key, traced]) => (key === full || key.startsWith(`${full}#`)) && traced.value === value,
        )
        if (known !== undefined) return known[1].tensor
        const unique = all.has(full) ? `${full}#${all.size}` : full
        const tensor = input(unique, [])
        all.set(unique, { tensor, value })
        return tensor
      },
    }),
  }
}

/** Hyper-parameters written into the program as constants (schedules at their first step): for exported models. */
export function constantHyperparameters(): Hyperparameters {
  return {
    all: new Map(),
    scope: () => ({ hyperparameter: (_, value) => scalar(typeof value === 'number' ? value : value.at(0, 1)) }),
  }
}

/** The number of a hyper-parameter at a step (from 0) of `total`. */
export function valueAt(of: Hyperparameter, step: number, total: number): number {
  return typeof of === 'number' ? of : of.at(step, total)
}
