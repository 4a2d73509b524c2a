// The option that the dropout family shares, and what follows from it.

import {
  bernoulli,
  cast,
  type Hyperparameter,
  hyperparameterSchema,
  type LayerContext,
  type Schedule,
  type Shape,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'

export interface DropoutOptions {
  /** Probability of dropping, in [0, 1); a number or a schedule. */
  readonly dropProbability: number | Schedule
}

const probability = z.number().nonnegative().lt(1)

const about = {
  description: 'Probability of dropping, in [0, 1).',
  search: { type: 'float', low: 0, high: 0.8 },
} as const

/** A probability that never changes. */
export const fixedDropSchema: z.ZodObject<{ dropProbability: z.ZodNumber }, z.core.$strict> = z.strictObject({
  dropProbability: probability.meta(about),
})

export const dropSchema: z.ZodObject<
  { dropProbability: ReturnType<typeof hyperparameterSchema<z.ZodNumber>> },
  z.core.$strict
> = z.strictObject({
  dropProbability: hyperparameterSchema(probability).meta({
    ...about,
    description: 'Probability of dropping, in [0, 1); a number or a schedule.',
  }),
})

/** Masks decide by 16 bits, so probabilities are multiples of this. */
const resolution = 2 ** -16

/** The nearest probability of keeping that a mask can have, at least one step of the resolution. */
function keepProbability(dropProbability: number): number {
  return Math.max(1, Math.round((1 - dropProbability) / resolution)) * resolution
}

/** A function of a hyper-parameter. Made once in the factory: a scope tells hyper-parameters apart by their value. */
export function derived(from: Hyperparameter, f: (value: number) => number): Hyperparameter {
  return typeof from === 'number' ? f(from) : { at: (step, total) => f(from.at(step, total)) }
}

/** The probability of keeping that masks really have. */
export function keptOf(dropProbability: number | Schedule): Hyperparameter {
  return derived(dropProbability, keepProbability)
}

/** A mask of the element type of x: 1 with the probability of keeping, else 0. */
export function maskOf(context: LayerContext, keep: Hyperparameter, x: Tensor, shape: Shape = x.shape): Tensor {
  return cast(bernoulli(context.key(), context.hyperparameter('keepProbability', keep), shape), x.dtype)
}
