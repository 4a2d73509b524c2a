// Laws that hold for all shapes.

import type { Shape, Tensor, Value } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import { assertClose, assertSame, randomValue } from '@gradwerk/testing'
import fc from 'fast-check'
import { test } from 'vitest'

const settings = { seed: 20_240_611, numRuns: 150 }
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })

/** A shape and one that broadcasts to it. */
const broadcasts = fc
  .tuple(shapes, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.nat(4))
  .map(([shape, ones, dropped]): [Shape, Shape] => [
    shape,
    shape.map((length, axis) => (ones[axis] === true ? 1 : length)).slice(dropped),
  ])

const valueOf = (shape: Shape, seed: number): Value => randomValue({ dtype: 'float64', shape }, seed)
const run = (tensor: Tensor): Value => core.evaluate([tensor])[0] as Value
const inner = (a: Tensor, b: Tensor) => run(core.sum(core.mul(a, b)))

test('sumTo is the transpose of broadcastTo: ⟨broadcast x, y⟩ = ⟨x, sumTo y⟩', () => {
  const law = fc.property(broadcasts, fc.nat(), ([to, from], seed) => {
    const [x, y] = [core.constant(valueOf(from, seed)), core.constant(valueOf(to, seed + 1))]
    assertClose(inner(core.broadcastTo(x, to), y), inner(x, core.sumTo(y, from)), { absolute: 1e-12, relative: 1e-12 })
  })
  fc.assert(law, settings)
})

test('an op broadcasts as if its operands had been repeated before', () => {
  const law = fc.property(broadcasts, fc.nat(), ([to, from], seed) => {
    const [x, y] = [core.constant(valueOf(from, seed)), core.constant(valueOf(to, seed + 1))]
    const repeated = core.constant(run(core.broadcastTo(x, to)))
    assertSame(run(core.sub(x, y)), run(core.sub(repeated, y)))
  })
  fc.assert(law, settings)
})

test('transposing by an order and by its inverse gives the same tensor back', () => {
  const law = fc.property(shapes, fc.nat(), (shape, seed) => {
    const order = core.randomStream(core.keyOf(seed)).shuffle(shape.map((_, axis) => axis))
    const inverse = order.map((_, axis) => order.indexOf(axis))
    const x = core.constant(valueOf(shape, seed))
    assertSame(run(core.transpose(core.transpose(x, order), inverse)), run(x))
  })
  fc.assert(law, settings)
})

test('pad and slice undo each other, and so do concat and slice', () => {
  const law = fc.property(
    fc.integer({ min: 0, max: 5 }),
    fc.nat(3),
    fc.nat(3),
    fc.nat(),
    (length, before, after, seed) => {
      const x = core.constant(valueOf([length, 2], seed))
      const cut = (from: Tensor, start: number) => core.slice(from, [{ axis: 0, start, end: start + length }])
      assertSame(run(cut(core.pad(x, [{ axis: 0, before, after }]), before)), run(x))
      const [head, tail] = [before, after].map((rows, i) => core.constant(valueOf([rows, 2], seed + i + 1))) as [
        Tensor,
        Tensor,
      ]
      assertSame(run(cut(core.concat([head, x, tail], 0), before)), run(x))
    },
  )
  fc.assert(law, settings)
})
