import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataError, OptionError } from '../errors.ts'
import { fold, keyOf } from '../random/key.ts'
import { batchRows, epochOrder } from './order.ts'

const rows = fc.array(fc.nat(1e6), { minLength: 1, maxLength: 200 }).map((list) => Int32Array.from(list))

test('an epoch visits every row once, in an order that only the key decides', () => {
  fc.assert(
    fc.property(rows, fc.nat(), (indices, seed) => {
      const before = indices.slice()
      const order = epochOrder(indices, keyOf(seed))
      expect(order.toSorted()).toEqual(indices.toSorted())
      expect(epochOrder(indices, keyOf(seed))).toEqual(order)
      expect(indices).toEqual(before)
    }),
  )
})

test('epochs of one run have different orders, and each position sees each row equally often', () => {
  const size = 6
  const epochs = 6000
  const indices = Int32Array.from({ length: size }, (_, row) => row)
  const counts = new Float64Array(size * size)
  for (let epoch = 0; epoch < epochs; epoch++)
    epochOrder(indices, fold(keyOf(1), epoch)).forEach((row, position) => {
      counts[position * size + row] = (counts[position * size + row] ?? 0) + 1
    })
  const expected = epochs / size
  const chiSquared = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0)
  expect(chiSquared).toBeLessThan(52.6) // 25 degrees of freedom, level 0.001
})

test('batches and the rest are the order, cut and not copied', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 250 }), (order, batchSize) => {
      const kept = batchRows(order, batchSize, 'keep')
      expect(kept.rows.length).toBe(kept.steps * batchSize)
      expect(kept.rest.length).toBeLessThan(batchSize)
      expect([...kept.rows, ...kept.rest]).toEqual([...order])
      expect(kept.rows.buffer).toBe(order.buffer)
      if (order.length >= batchSize)
        expect(batchRows(order, batchSize, 'drop')).toEqual({ ...kept, rest: new Int32Array(0) })
    }),
  )
})

test('a batch size that is no count, and an epoch without a batch, are refused', () => {
  const order = Int32Array.of(3, 1, 2)
  for (const size of [0, -1, 1.5, Number.NaN]) expect(() => batchRows(order, size, 'keep')).toThrow(OptionError)
  expect(() => batchRows(order, 4, 'drop')).toThrow(DataError)
  expect(() => batchRows(new Int32Array(0), 4, 'keep')).toThrow(
    'batchRows: not a single batch; expected at least 1 samples; got 0',
  )
})
