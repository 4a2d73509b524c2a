// The initializers that layers fall back on, so that they need no package of initializers.

import { type Initializer, parseOptions, sizeOf } from '@gradwerk/core'
import { z } from 'zod'

const nothing = z.strictObject({})

/**
 * What kernels start from unless another initializer is given, as in PyTorch: w ~ U(−b, b) with b = 1 / √fanIn, so Var w = 1 / (3 · fanIn).
 *
 * @example
 * ```ts
 * dense(512, { initializer: uniformFanIn() })
 * ```
 */
export function uniformFanIn(options: Readonly<Record<string, never>> = {}): Initializer {
  return {
    kind: 'initializer',
    name: 'uniformFanIn',
    options: parseOptions('uniformFanIn', nothing, options),
    sample(shape, { fanIn }, random) {
      const bound = 1 / Math.sqrt(Math.max(1, fanIn))
      const numbers = new Float32Array(sizeOf(shape, 'uniformFanIn'))
      for (let i = 0; i < numbers.length; i++) numbers[i] = bound * (2 * random.uniform() - 1)
      return numbers
    },
  }
}

/** What biases start from unless another initializer is given. It never stands in options. */
export const zeroBias: Initializer = {
  kind: 'initializer',
  name: 'zeros',
  options: {},
  sample: (shape) => new Float32Array(sizeOf(shape, 'zeros')),
}

/** What the vectors of an embedding start from unless another initializer is given, as in PyTorch. It never stands in options. */
export const standardNormal: Initializer = {
  kind: 'initializer',
  name: 'normal',
  options: {},
  sample(shape, _, random) {
    const numbers = new Float32Array(sizeOf(shape, 'embedding'))
    for (let i = 0; i < numbers.length; i++) numbers[i] = random.normal()
    return numbers
  },
}

/** The draws of an initializer for [rows, columns], with zeros in one row. */
export function withZeroRow(initializer: Initializer, row: number): Initializer {
  return {
    ...initializer,
    sample(shape, fans, random) {
      const columns = shape.at(-1) ?? 1
      return initializer.sample(shape, fans, random).fill(0, row * columns, (row + 1) * columns)
    },
  }
}
