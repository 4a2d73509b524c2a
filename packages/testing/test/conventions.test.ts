// What gradients are where there is none: at kinks and ties, on which libraries differ. Ours are PyTorch's except where noted.

import type { Tensor } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import { doubles } from '@gradwerk/testing'
import { expect, test } from 'vitest'

interface Convention {
  readonly name: string
  readonly f: (x: Tensor) => Tensor
  readonly at: readonly number[]
  readonly gradient: readonly number[]
}

const part = (x: Tensor, i: number) => core.slice(x, [{ axis: 0, start: i, end: i + 1 }])

const conventions: readonly Convention[] = [
  { name: 'relu at 0', f: core.relu, at: [-1, 0, 1], gradient: [0, 0, 1] },
  { name: 'abs at 0', f: core.abs, at: [-1, 0, 1], gradient: [-1, 0, 1] },
  { name: 'leakyRelu at 0', f: (x) => core.leakyRelu(x, 0.25), at: [0, 1], gradient: [0.25, 1] },
  { name: 'elu at 0', f: (x) => core.elu(x, 0.5), at: [0, 1], gradient: [0.5, 1] },
  { name: 'clip at its bounds', f: (x) => core.clip(x, -1, 1), at: [-2, -1, 0, 1, 2], gradient: [0, 1, 1, 1, 0] },
  {
    name: 'maximum of equal numbers',
    f: (x) => core.maximum(part(x, 0), part(x, 1)),
    at: [3, 3],
    gradient: [0.5, 0.5],
  },
  {
    name: 'minimum of equal numbers',
    f: (x) => core.minimum(part(x, 0), part(x, 1)),
    at: [3, 3],
    gradient: [0.5, 0.5],
  },
  { name: 'max of ties', f: (x) => core.max(x), at: [2, 1, 2, 2, 2], gradient: [0.25, 0, 0.25, 0.25, 0.25] },
  { name: 'min of ties', f: (x) => core.min(x), at: [1, 2, 1], gradient: [0.5, 0, 0.5] },
  {
    name: 'maxPool2d of ties: the first in row-major order',
    f: (x) => core.maxPool2d(core.reshape(x, [1, 1, 2, 2]), { size: [2, 2] }),
    at: [0, 5, 5, 5],
    gradient: [0, 1, 0, 0],
  },
  { name: 'pow at 0, by its base', f: (x) => core.pow(x, 2), at: [0], gradient: [0] },
  { name: 'pow of 0, by its exponent', f: (x) => core.pow(0, x), at: [2], gradient: [0] },
  { name: 'sign and floor', f: (x) => core.add(core.sign(x), core.floor(x)), at: [0.5, -2], gradient: [0, 0] },
]

test.each(conventions)('$name', ({ f, at, gradient }) => {
  const x = core.input('x', [at.length])
  const [slope] = core.gradients(core.sum(f(x)), [x])
  const [value] = core.evaluate([slope as Tensor], { x: core.valueOf('float32', [at.length], at) })
  expect([...doubles(value as core.Value)].map((g) => g + 0)).toEqual(gradient)
})
