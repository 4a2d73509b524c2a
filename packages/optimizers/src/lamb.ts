// LAMB (You et al. 2020): Adam's direction, as long as the parameter is large.

import {
  add,
  and,
  div,
  greater,
  mul,
  type Optimizer,
  parseOptions,
  type Schedule,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { type AdamOptions, adamShape, type Moments, momentSlots, sumOfPowers } from './moments.ts'
import { epsilonOption } from './options.ts'
import { decayOf, type WeightDecayOptions, weightDecayShape } from './weight-decay.ts'

/** As for Adam, with an epsilon of 1e-6 and a `weightDecay` of 0 unless told otherwise. */
export interface LambOptions extends AdamOptions, WeightDecayOptions {}

const schema = z.strictObject({ ...adamShape, epsilon: epsilonOption(1e-6), ...weightDecayShape(0) })

const norm = (x: Tensor): Tensor => sqrt(sum(square(x)))

/**
 * LAMB: the whole parameter moves by `lr` times its own norm, in the direction that Adam with weight decay would take.
 *
 * `m`, `v` as in `adam`, `r = m̂ / (√v̂ + ε) + λ p`, `p ← p − lr · (‖p‖ / ‖r‖) · r`, the norms over the whole tensor; where one of them is 0 the
 * ratio is 1. Norms are not clamped (φ(z) = z). Epsilon stands outside the root. The slots keep the moments divided by 1 − β.
 *
 * The effective step size for proximal maps is `lr · (‖p‖ / ‖r‖) / (√v̂ + ε)`, elementwise. Shapes: parameter, gradient and both moments have the
 * same shape.
 *
 * Throws an OptionError for the options that `adamW` refuses.
 *
 * ```ts
 * lamb({ learningRate: warmup(0.1, cosine(0.01)), weightDecay: 0.01, decayRoles: ['kernel'] })
 * ```
 *
 * You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR 2020, algorithm 2.
 */
export function lamb(given: number | Schedule | LambOptions = {}): Optimizer {
  const options = parseOptions('lamb', schema, withMainOption('learningRate', given))
  const [beta1, beta2] = [Math.fround(options.beta1), Math.fround(options.beta2)]
  const root = { at: (step: number) => Math.sqrt(sumOfPowers(beta2, step)) }
  const correction = { at: (step: number) => root.at(step) / sumOfPowers(beta1, step) }
  const decay = decayOf(options)
  return {
    kind: 'optimizer',
    name: 'lamb',
    options,
    slots: momentSlots,
    update({ parameter, gradient, slots, info }, scope) {
      const { gradientSum, squareSum } = slots as Moments
      const rootNow = scope.hyperparameter('root', root)
      const first = add(mul(gradientSum, scope.hyperparameter('beta1', beta1)), gradient)
      const second = add(mul(squareSum, scope.hyperparameter('beta2', beta2)), mul(gradient, gradient))
      const denominator = add(sqrt(second), mul(scope.hyperparameter('epsilon', options.epsilon), rootNow))
      const plain = mul(div(first, denominator), scope.hyperparameter('correction', correction))
      const lost = options.weightDecay === 0 ? undefined : decay(info, scope)
      const direction = lost === undefined ? plain : add(plain, mul(parameter, lost))
      const [own, length] = [norm(parameter), norm(direction)]
      const ratio = where(and(greater(own, 0), greater(length, 0)), div(own, length), 1)
      const size = mul(scope.hyperparameter('learningRate', options.learningRate), ratio)
      return {
        parameter: sub(parameter, mul(direction, size)),
        slots: { gradientSum: first, squareSum: second },
        stepSize: div(mul(size, rootNow), denominator),
      }
    },
  }
}
