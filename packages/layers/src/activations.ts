// Elementwise nonlinearities, and softmax, as layers. All keep the shape of their input.

import * as ops from '@gradwerk/core'
import { type Layer, parseOptions, type Tensor, withMainOption } from '@gradwerk/core'
import { z } from 'zod'

/** Factory of a layer that has nothing to choose. */
export type PlainLayer = (options?: Readonly<Record<string, never>>) => Layer

const nothing = z.strictObject({})

function plain(name: string, f: (x: Tensor) => Tensor): PlainLayer {
  return (given = {}) => ({ kind: 'layer', name, options: parseOptions(name, nothing, given), apply: (x) => f(x) })
}

/** y = x. */
export const identity: PlainLayer = plain('identity', (x) => x)
/** y = max(x, 0); derivative 0 at 0. Nair & Hinton 2010. */
export const relu: PlainLayer = plain('relu', ops.relu)
/** y = ½ x (1 + erf(x / √2)), the exact form, PyTorch's default. Hendrycks & Gimpel 2016. */
export const gelu: PlainLayer = plain('gelu', ops.gelu)
/** y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), the approximation of `gelu`. Hendrycks & Gimpel 2016. */
export const geluTanh: PlainLayer = plain('geluTanh', ops.geluTanh)
/** y = x / (1 + e⁻ˣ), also called swish. Elfwing, Uchibe & Doya 2018. */
export const silu: PlainLayer = plain('silu', ops.silu)
/**
 * y = γ x where x > 0, else γ α (eˣ − 1), with α = 1.6733 and γ = 1.0507: keeps mean 0 and variance 1 from layer to layer, with `lecunNormal` weights
 * and `alphaDropout`. Klambauer et al. 2017, equation 2.
 */
export const selu: PlainLayer = plain('selu', ops.selu)
/** y = 1 / (1 + e⁻ˣ). */
export const sigmoid: PlainLayer = plain('sigmoid', ops.sigmoid)
/** y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). */
export const tanh: PlainLayer = plain('tanh', ops.tanh)
/** y = log(1 + eˣ), without overflow. */
export const softplus: PlainLayer = plain('softplus', ops.softplus)

const leakyReluShape = z.strictObject({
  slope: z
    .number()
    .min(0)
    .default(0.01)
    .meta({ description: 'slope where x ≤ 0', search: { type: 'float', low: 1e-3, high: 0.5, log: true } }),
})

export interface LeakyReluOptions {
  /** Slope where x ≤ 0, 0 and more. Default 0.01. */
  readonly slope?: number
}

/**
 * The leaky rectifier: y = x where x > 0, else slope · x. Maas, Hannun & Ng 2013.
 *
 * @param first the slope, or all options
 * @throws OptionError for a negative slope
 * @example
 * ```ts
 * sequential([dense(64), leakyRelu(0.1)])
 * ```
 */
export function leakyRelu(first: number | LeakyReluOptions = {}): Layer {
  const options = parseOptions('leakyRelu', leakyReluShape, withMainOption('slope', first))
  return { kind: 'layer', name: 'leakyRelu', options, apply: (x) => ops.leakyRelu(x, options.slope) }
}

const eluShape = z.strictObject({
  scale: z
    .number()
    .positive()
    .default(1)
    .meta({
      description: 'what −y tends to for very negative x',
      search: { type: 'float', low: 0.1, high: 2, log: true },
    }),
})

export interface EluOptions {
  /** What −y tends to for very negative x, above 0 (the paper's α). Default 1. */
  readonly scale?: number
}

/**
 * The exponential linear unit: y = x where x > 0, else scale · (eˣ − 1). Clevert, Unterthiner & Hochreiter 2016, equation 15.
 *
 * @param first the scale, or all options
 * @throws OptionError for a scale that is not positive
 * @example
 * ```ts
 * sequential([dense(64), elu()])
 * ```
 */
export function elu(first: number | EluOptions = {}): Layer {
  const options = parseOptions('elu', eluShape, withMainOption('scale', first))
  return { kind: 'layer', name: 'elu', options, apply: (x) => ops.elu(x, options.scale) }
}

const softmaxShape = z.strictObject({
  axis: z.int().default(-1).meta({ description: 'the axis that sums to 1' }),
})

export interface SoftmaxOptions {
  /** The axis that sums to 1, counted from either end, the batch being axis 0. Default −1. */
  readonly axis?: number
}

/**
 * Probabilities: y = eˣ / Σ eˣ along an axis, without overflow. Training wants logits instead: losses apply it themselves.
 *
 * @param first the axis, or all options
 * @throws OptionError for an axis that is not a whole number; ShapeError, when traced, for one that does not exist
 * @example
 * ```ts
 * sequential([trained, softmax()])
 * ```
 */
export function softmax(first: number | SoftmaxOptions = {}): Layer {
  const options = parseOptions('softmax', softmaxShape, withMainOption('axis', first))
  return { kind: 'layer', name: 'softmax', options, apply: (x) => ops.softmax(x, options.axis) }
}
