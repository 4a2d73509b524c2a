// Saxe, McClelland & Ganguli 2014: weights that keep lengths, so that a deep linear network learns as fast as a shallow one.

import {
  type Initializer,
  type InitializerFans,
  parseOptions,
  type RandomStream,
  type Shape,
  sizeOf,
} from '@gradwerk/core'
import { z } from 'zod'
import { type GainOptions, gainRow } from './gain-option.ts'
import { orthonormal } from './orthonormal.ts'
import { weightView } from './weight-view.ts'

const schema = z.strictObject({ gain: gainRow })

/** gain · Q for the weight as a matrix of outputs × (inputs · receptive field). */
export function orthogonalNumbers(
  who: string,
  gain: number,
  shape: Shape,
  fans: InitializerFans,
  random: RandomStream,
): Float32Array {
  const { outputs, inputs, places, at } = weightView(who, shape, fans)
  const numbers = new Float32Array(sizeOf(shape))
  if (numbers.length === 0) return numbers
  const q = orthonormal(outputs, inputs * places, random)
  for (let output = 0; output < outputs; output++)
    for (let input = 0; input < inputs; input++)
      for (let place = 0; place < places; place++)
        numbers[at(output, input, place)] = gain * q.get(output, input * places + place)
  return numbers
}

/**
 * A random matrix with orthonormal rows or columns, whichever are fewer, times the gain: W·Wᵀ = gain²·I or Wᵀ·W = gain²·I.
 * Computed in float64 from the QR decomposition of normal draws, with signs that make every such matrix equally likely.
 *
 * Shapes: a kernel of any axes, seen as W [outputs, inputs · receptive field]; for a convolution that is PyTorch's view, for a
 * transposed one PyTorch puts the inputs into rows. Grouped kernels are one matrix. Takes about a second for 784 × 512 and grows
 * with the third power.
 *
 * Saxe et al. 2014, “Exact solutions to the nonlinear dynamics of learning in deep linear neural networks”: its random orthogonal
 * initial conditions.
 *
 * @throws OptionError for a gain that is not positive; ShapeError for a parameter without inputs and outputs, such as a bias
 * @example
 * ```ts
 * dense(512, { initializer: orthogonal({ gain: recommendedGain('relu') }) })
 * ```
 */
export function orthogonal(options: GainOptions = {}): Initializer {
  const parsed = parseOptions('orthogonal', schema, options)
  return {
    kind: 'initializer',
    name: 'orthogonal',
    options: parsed,
    sample: (shape, fans, random) => orthogonalNumbers('orthogonal', parsed.gain, shape, fans, random),
  }
}
