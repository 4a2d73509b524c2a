// Schedule-free AdamW (Defazio et al. 2024): an average takes the place of a falling learning rate.

import { add, div, mul, type Optimizer, parseOptions, sqrt, sub, type Tensor, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type AdamOptions, adamShape, sumOfPowers } from './moments.ts'
import { type Span, spanSchema, stepsOf } from './span.ts'
import { decayOf, type WeightDecayOptions, weightDecayShape } from './weight-decay.ts'

export interface ScheduleFreeAdamWOptions extends Omit<AdamOptions, 'learningRate'>, WeightDecayOptions {
  /** Size of a step, ≥ 0; a plain number. Default 0.0025. */
  readonly learningRate?: number
  /** Steps in which the learning rate rises to its value, ≥ 1, or a fraction of the run. Default none. */
  readonly warmup?: Span | undefined
}

const schema = z.strictObject({
  ...adamShape,
  learningRate: z
    .number()
    .nonnegative()
    .default(2.5e-3)
    .meta({
      description: 'Size of a step, ≥ 0; a plain number.',
      search: { type: 'float', low: 1e-5, high: 1e-1, log: true },
    }),
  warmup: spanSchema('Steps in which the learning rate rises, or a fraction of the run.').optional(),
  ...weightDecayShape(0),
})

/** The share of the learning rate at a step (from 0), and the sum of its squares up to there. */
function warming(step: number, over: number): { share: number; squares: number } {
  const rising = Math.min(step + 1, over)
  const squares = (rising * (rising + 1) * (2 * rising + 1)) / (6 * over * over)
  return { share: Math.min(1, (step + 1) / over), squares: squares + Math.max(0, step + 1 - over) }
}

type Slots = Readonly<Record<'base' | 'average' | 'squareSum', Tensor>>

/**
 * Schedule-free AdamW: trains at a point between AdamW's iterate and the average of its iterates, and evaluates at the average.
 *
 * `y = (1 − β₁) z + β₁ x` is the trained parameter. With the gradient g at y: `v ← β₂ v + (1 − β₂) g²`, `z ← z − γ g / (√v̂ + ε) − γ λ y`,
 * `x ← (1 − c) x + c z` with `c = γ² / Σ γ²`, where γ is the learning rate times min(1, t / warmup) and `v̂ = v / (1 − β₂ᵗ)`. Epsilon stands outside the root.
 * z and x start at the parameter. v is kept divided by 1 − β₂.
 *
 * It has no effective step size for proximal maps: zeros of y would be none of z and x. After a constraint has moved y, z is taken to
 * be where that y comes from. Shapes: parameter, gradient and all slots have the same shape.
 *
 * Throws an OptionError for a negative learning rate or decay, a beta outside [0, 1), an epsilon ≤ 0 or an unknown role.
 *
 * ```ts
 * scheduleFreeAdamW({ learningRate: 0.0025, warmup: 0.05 })
 * ```
 *
 * Defazio, Yang, Mehta, Mishchenko, Khaled & Cutkosky, "The road less scheduled", NeurIPS 2024, algorithm 1, with v corrected as in Adam instead
 * of γ.
 */
export function scheduleFreeAdamW(given: number | ScheduleFreeAdamWOptions = {}): Optimizer {
  const options = parseOptions('scheduleFreeAdamW', schema, withMainOption('learningRate', given))
  const { learningRate, warmup = 1 } = options
  const beta2 = Math.fround(options.beta2)
  const root = { at: (step: number) => Math.sqrt(sumOfPowers(beta2, step)) }
  const rising = { at: (step: number, total: number) => warming(step, stepsOf(warmup, total)).share }
  const weight = {
    at(step: number, total: number) {
      const { share, squares } = warming(step, stepsOf(warmup, total))
      return (share * share) / squares
    },
  }
  const starting = { at: (step: number) => (step === 0 ? 1 : 0) }
  const decay = decayOf(options)
  return {
    kind: 'optimizer',
    name: 'scheduleFreeAdamW',
    options,
    slots: ({ shape }) => ({
      base: { shape, initial: 0 },
      average: { shape, initial: 0 },
      squareSum: { shape, initial: 0 },
    }),
    update({ parameter, gradient, slots, info }, scope) {
      const { base, average, squareSum } = slots as Slots
      // Slots start at 0; in the first step the parameter is added to them.
      const begun = mul(parameter, scope.hyperparameter('starting', starting))
      const rate = mul(scope.hyperparameter('learningRate', learningRate), scope.hyperparameter('rising', rising))
      const rootNow = scope.hyperparameter('root', root)
      const second = add(mul(squareSum, scope.hyperparameter('beta2', beta2)), mul(gradient, gradient))
      const denominator = add(sqrt(second), mul(scope.hyperparameter('epsilon', options.epsilon), rootNow))
      const step = mul(div(gradient, denominator), mul(rate, rootNow))
      const lost = options.weightDecay === 0 ? undefined : decay(info, scope)
      const away = lost === undefined ? step : add(step, mul(parameter, mul(rate, lost)))
      const nextBase = sub(add(base, begun), away)
      const share = scope.hyperparameter('weight', weight)
      const nextAverage = add(mul(add(average, begun), sub(1, share)), mul(nextBase, share))
      const beta1 = scope.hyperparameter('beta1', options.beta1)
      return {
        parameter: add(mul(nextBase, sub(1, beta1)), mul(nextAverage, beta1)),
        slots: { base: nextBase, average: nextAverage, squareSum: second },
      }
    },
    finish({ parameter, update }, scope) {
      if (parameter === update.parameter) return update.slots
      const moved = div(sub(parameter, update.parameter), sub(1, scope.hyperparameter('beta1', options.beta1)))
      return { ...update.slots, base: add(update.slots['base'] as Tensor, moved) }
    },
    evaluationParameter: (_, slots) => (slots as Slots).average,
  }
}
