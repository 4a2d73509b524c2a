// Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019): steps scaled by running means of gradients and of their squares.

import { type Optimizer, parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { type AdamOptions, adamShape, adamUpdate, momentSlots } from './moments.ts'
import { decayOf, type WeightDecayOptions, weightDecayShape } from './weight-decay.ts'

/** Options of Adam, and a `weightDecay` of 0.01 unless told otherwise. */
export interface AdamWOptions extends AdamOptions, WeightDecayOptions {}

const adamSchema = z.strictObject(adamShape)
const adamWSchema = z.strictObject({ ...adamShape, ...weightDecayShape(0.01) })

/**
 * Adam: each element steps by the mean of its gradients, divided by the root of the mean of their squares.
 *
 * `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `p ← p − lr · m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 − β₂ᵗ)`, t counted
 * from 1. Epsilon stands outside the root (algorithm 1 of the paper, PyTorch, Keras). The betas cannot be scheduled.
 *
 * The effective step size for proximal maps is `lr / (√v̂ + ε)`, elementwise: m̂ = g under a constant gradient g (ProxGen: Yun, Lozano
 * & Yang 2021, algorithm 1).
 *
 * Shapes: parameter, gradient and both moments have the same shape. The slots keep the moments divided by 1 − β.
 *
 * Throws an OptionError for a negative learning rate, a beta outside [0, 1) or an epsilon ≤ 0.
 *
 * ```ts
 * adam()
 * adam(3e-4)
 * adam({ learningRate: cosine(1e-3), beta2: 0.99 })
 * ```
 *
 * Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015.
 */
export function adam(given: number | Schedule | AdamOptions = {}): Optimizer {
  const options = parseOptions('adam', adamSchema, withMainOption('learningRate', given))
  const update = adamUpdate(options)
  return { kind: 'optimizer', name: 'adam', options, slots: momentSlots, update: (call, scope) => update(call, scope) }
}

/**
 * Adam with decoupled weight decay: `p ← p − lr · λ · p − lr · m̂ / (√v̂ + ε)`, moments as in `adam`. The decay is no part of the
 * gradient, so it is not divided by the root; and it follows the schedule of the learning rate, as in PyTorch.
 *
 * Which parameters decay: all of them by default, as in PyTorch; `decayRoles: ['kernel', 'embedding']` spares biases and
 * normalization, `decayNames: ['^encoder\\.']` all but the encoder. Shapes and the effective step size as for `adam`.
 *
 * Throws an OptionError for a negative learning rate or decay, a beta outside [0, 1), an epsilon ≤ 0 or an unknown role.
 *
 * ```ts
 * adamW({ learningRate: cosine(1e-3), weightDecay: 0.05, decayRoles: ['kernel'] })
 * ```
 *
 * Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2, with PyTorch's convention that the decay is
 * multiplied by the learning rate.
 */
export function adamW(given: number | Schedule | AdamWOptions = {}): Optimizer {
  const options = parseOptions('adamW', adamWSchema, withMainOption('learningRate', given))
  const update = adamUpdate(options)
  const decay = decayOf(options)
  return {
    kind: 'optimizer',
    name: 'adamW',
    options,
    slots: momentSlots,
    update: (call, scope) => update(call, scope, decay(call.info, scope)),
  }
}
