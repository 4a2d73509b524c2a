// AMSGrad (Reddi, Kale & Kumar 2018): Adam with a divisor that never shrinks.

import { type Optimizer, parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type AdamOptions, adamShape, adamUpdate, momentSlots } from './moments.ts'
import { decayOf, type WeightDecayOptions, weightDecayShape } from './weight-decay.ts'

/** Options of AMSGrad, and a `weightDecay` of 0.01 unless told otherwise. */
export interface AmsGradWOptions extends AdamOptions, WeightDecayOptions {}

const amsGradSchema = z.strictObject(adamShape)
const amsGradWSchema = z.strictObject({ ...adamShape, ...weightDecayShape(0.01) })

const slots: Optimizer['slots'] = (info) => ({
  ...momentSlots(info),
  largestSquareSum: { shape: info.shape, initial: 0 },
})

/**
 * AMSGrad: Adam, with the largest mean of squares so far in place of the present one.
 *
 * `m` and `v` as in `adam`, `u ← max(u, v)`, `p ← p − lr · m̂ / (√û + ε)` with `û = u / (1 − β₂ᵗ)`. The maximum is taken before the bias is
 * corrected, as in PyTorch (the paper corrects nothing; Keras likewise). Epsilon stands outside the root.
 *
 * The effective step size for proximal maps is `lr / (√û + ε)`, elementwise. Shapes: parameter, gradient and the three slots have the same
 * shape. Throws an OptionError for the options that `adam` refuses.
 *
 * ```ts
 * amsGrad(1e-3)
 * ```
 *
 * Reddi, Kale & Kumar, "On the convergence of Adam and beyond", ICLR 2018, algorithm 2.
 */
export function amsGrad(given: number | Schedule | AdamOptions = {}): Optimizer {
  const options = parseOptions('amsGrad', amsGradSchema, withMainOption('learningRate', given))
  const update = adamUpdate(options, true)
  return { kind: 'optimizer', name: 'amsGrad', options, slots, update: (call, scope) => update(call, scope) }
}

/**
 * AMSGrad with decoupled weight decay: `amsGrad` as `adamW` is `adam`. Shapes, effective step size and errors as there.
 *
 * ```ts
 * amsGradW({ learningRate: 1e-3, weightDecay: 0.05, decayRoles: ['kernel'] })
 * ```
 *
 * Reddi, Kale & Kumar 2018, with the decay of Loshchilov & Hutter 2019.
 */
export function amsGradW(given: number | Schedule | AmsGradWOptions = {}): Optimizer {
  const options = parseOptions('amsGradW', amsGradWSchema, withMainOption('learningRate', given))
  const update = adamUpdate(options, true)
  const decay = decayOf(options)
  return {
    kind: 'optimizer',
    name: 'amsGradW',
    options,
    slots,
    update: (call, scope) => update(call, scope, decay(call.info, scope)),
  }
}
