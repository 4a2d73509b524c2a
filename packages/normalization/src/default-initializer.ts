// What scales and shifts start from unless another initializer is given; it never stands in options.

import { type Initializer, sizeOf } from '@gradwerk/core'

export function everywhere(number: 0 | 1): Initializer {
  return {
    kind: 'initializer',
    name: number === 0 ? 'zeros' : 'ones',
    options: {},
    sample: (shape) => new Float32Array(sizeOf(shape, 'initializer')).fill(number),
  }
}
