// Clipping of gradients: by value, by the norm of each, or by the norm of all together (Pascanu, Mikolov & Bengio 2013).

import {
  abs,
  add,
  clip,
  div,
  type GradientTransform,
  hyperparameterSchema,
  max,
  maximum,
  minimum,
  mul,
  parseOptions,
  type Schedule,
  type Scope,
  sqrt,
  square,
  sum,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'

/** Which norm: Σ|x|, √Σx², or max |x|. */
export type NormOrder = 1 | 2 | 'infinity'

export interface ClipByNormOptions {
  /** The largest norm that is left as it is, > 0; a number or a schedule. */
  readonly limit: number | Schedule
  /** Which norm. Default 2. */
  readonly order?: NormOrder
}

export interface ClipByValueOptions {
  /** The largest magnitude that an element keeps, > 0. */
  readonly limit: number
}

const schema = z.strictObject({
  limit: hyperparameterSchema(z.number().positive()).meta({
    description: 'The largest norm that is left as it is; a number > 0 or a schedule.',
    search: { type: 'float', low: 0.1, high: 10, log: true },
  }),
  order: z
    .union([z.literal(1), z.literal(2), z.literal('infinity')], { error: "1, 2 or 'infinity'" })
    .default(2)
    .meta({ description: "Which norm: 1, 2 or 'infinity'." }),
})

const valueSchema = z.strictObject({
  limit: z
    .number()
    .positive()
    .meta({
      description: 'The largest magnitude that an element keeps, > 0.',
      search: { type: 'float', low: 0.1, high: 10, log: true },
    }),
})

/** What of each tensor is put together, how, and what is made of that. */
const norms: Readonly<
  Record<NormOrder, readonly [part: (x: Tensor) => Tensor, join: typeof add, whole: (x: Tensor) => Tensor]>
> = {
  1: [(x) => sum(abs(x)), add, (x) => x],
  2: [(x) => sum(square(x)), add, sqrt],
  infinity: [(x) => max(abs(x)), maximum, (x) => x],
}

function normOf(tensors: readonly Tensor[], order: NormOrder): Tensor {
  const [part, join, whole] = norms[order]
  return whole(tensors.map(part).reduce((a, b) => join(a, b)))
}

/** min(1, limit / (norm + 1e-6)), PyTorch's factor: it divides by no 0 and stays just below the limit. */
function factor(norm: Tensor, { limit }: ClipByNormOptions, scope: Scope): Tensor {
  return minimum(div(scope.hyperparameter('limit', limit), add(norm, 1e-6)), 1)
}

/**
 * Clips every element of every gradient: `g ← min(max(g, −c), c)`. It changes directions.
 *
 * Shapes: any. Throws an OptionError for a limit ≤ 0.
 *
 * ```ts
 * new Trainer({ gradientTransforms: [clipByValue(0.5)], … })
 * ```
 */
export function clipByValue(given: number | ClipByValueOptions): GradientTransform {
  const options = parseOptions('clipByValue', valueSchema, withMainOption('limit', given))
  const { limit } = options
  return {
    kind: 'gradientTransform',
    name: 'clipByValue',
    options,
    transform: (gradients) => new Map([...gradients].map(([name, g]) => [name, clip(g, -limit, limit)])),
  }
}

/**
 * Clips the gradient of each parameter by its own norm: `g ← g · min(1, c / (‖g‖ + 10⁻⁶))`. Directions of single gradients stay, that of all
 * together changes.
 *
 * Shapes: any. Throws an OptionError for a limit ≤ 0 or an unknown order.
 *
 * ```ts
 * clipByNorm(1)
 * ```
 */
export function clipByNorm(given: number | Schedule | ClipByNormOptions): GradientTransform {
  const options = parseOptions('clipByNorm', schema, withMainOption('limit', given))
  return {
    kind: 'gradientTransform',
    name: 'clipByNorm',
    options,
    transform: (gradients, scope) =>
      new Map([...gradients].map(([name, g]) => [name, mul(g, factor(normOf([g], options.order), options, scope))])),
  }
}

/**
 * Clips all gradients by the norm of all their elements: `g ← g · min(1, c / (‖(g₁, …, gₙ)‖ + 10⁻⁶))`. The direction of the step stays.
 *
 * Shapes: any. Throws an OptionError for a limit ≤ 0 or an unknown order.
 *
 * ```ts
 * clipByGlobalNorm(1)
 * clipByGlobalNorm({ limit: 0.5, order: 'infinity' })
 * ```
 *
 * Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, algorithm 1, with PyTorch's 10⁻⁶.
 */
export function clipByGlobalNorm(given: number | Schedule | ClipByNormOptions): GradientTransform {
  const options = parseOptions('clipByGlobalNorm', schema, withMainOption('limit', given))
  return {
    kind: 'gradientTransform',
    name: 'clipByGlobalNorm',
    options,
    transform(gradients, scope) {
      if (gradients.size === 0) return gradients
      const scale = factor(normOf([...gradients.values()], options.order), options, scope)
      return new Map([...gradients].map(([name, g]) => [name, mul(g, scale)]))
    },
  }
}
