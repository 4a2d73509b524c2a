import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Dataset } from '../contracts/dataset.ts'
import { DataError, OptionError } from '../errors.ts'
import { valueOf } from '../tensor/value.ts'
import { apportion, stratifiedSplit, stratifiedTake } from './split.ts'

const classes = 4

function labelled(labels: readonly number[], indices = labels.map((_, row) => row)): Dataset {
  return {
    name: 'labelled',
    real: false,
    inputs: valueOf('float32', [labels.length, 1], labels),
    targets: valueOf('uint8', [labels.length], labels),
    indices: Int32Array.from(indices),
    classes,
    inputScale: 1,
  }
}

function counts({ indices, targets }: Dataset): number[] {
  const found = new Array<number>(classes).fill(0)
  for (const row of indices) found[Number(targets.data[row])] = (found[Number(targets.data[row])] ?? 0) + 1
  return found
}

const sizesAndCount = fc
  .array(fc.nat(60), { minLength: 1, maxLength: 12 })
  .filter((sizes) => sizes.some((size) => size > 0))
  .chain((sizes) => fc.tuple(fc.constant(sizes), fc.integer({ min: 0, max: sizes.reduce((a, b) => a + b) })))

test('shares are exact, within bounds, and less than one off the quota unless a class would be empty', () => {
  fc.assert(
    fc.property(sizesAndCount, ([sizes, count]) => {
      const total = sizes.reduce((a, b) => a + b)
      const shares = apportion(sizes, count)
      expect(shares.reduce((a, b) => a + b)).toBe(count)
      const groups = sizes.filter((size) => size >= 2).length
      shares.forEach((share, i) => {
        const size = sizes[i] ?? 0
        expect(share).toBeGreaterThanOrEqual(size >= 2 && count >= groups ? 1 : 0)
        expect(share).toBeLessThanOrEqual(size >= 2 && total - count >= groups ? size - 1 : size)
      })
      const free = sizes.every(
        (size) => size === 0 || ((count * size) / total >= 1 && ((total - count) * size) / total >= 1),
      )
      if (free)
        shares.forEach((share, i) => {
          expect(Math.abs(share - (count * (sizes[i] ?? 0)) / total)).toBeLessThan(1)
        })
    }),
    { numRuns: 500 },
  )
})

test('largest remainders decide: 7 of 50, 30 and 20 are 4, 2 and 1', () => {
  // Quotas 3.5, 2.1 and 1.4; floors 3, 2 and 1; the one left goes to the remainder 0.5.
  expect(apportion([50, 30, 20], 7)).toEqual([4, 2, 1])
  expect(apportion([98, 1, 1], 10)).toEqual([10, 0, 0])
  expect(apportion([96, 2, 2], 10)).toEqual([8, 1, 1])
})

test('the parts of a split are disjoint, complete, in order, and share the data', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(classes - 1), { minLength: 2, maxLength: 120 }),
      fc.nat(),
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      (labels, seed, fraction) => {
        const dataset = labelled(labels)
        const count = Math.round(fraction * labels.length)
        fc.pre(count >= 1 && count < labels.length)
        const { train, validation } = stratifiedSplit(dataset, fraction, seed)
        expect(validation.indices.length).toBe(count)
        expect([...train.indices, ...validation.indices].sort((a, b) => a - b)).toEqual([...dataset.indices])
        expect([...train.indices]).toEqual([...train.indices].sort((a, b) => a - b))
        expect(train.inputs).toBe(dataset.inputs)
        expect(validation.targets).toBe(dataset.targets)
        expect(counts(validation)).toEqual(apportion(counts(dataset), count))
        expect(stratifiedSplit(dataset, fraction, seed).validation.indices).toEqual(validation.indices)
      },
    ),
  )
})

test('a split of a subset stays inside it', () => {
  const labels = Array.from({ length: 100 }, (_, row) => row % classes)
  const even = labels.map((_, row) => row).filter((row) => row % 2 === 0)
  const { train, validation } = stratifiedSplit(labelled(labels, even), 10, 3)
  expect(validation.indices.length).toBe(10)
  expect([...train.indices, ...validation.indices].every((row) => row % 2 === 0)).toBe(true)
})

test('seeds differ, and larger takes contain smaller ones where classes are balanced', () => {
  const dataset = labelled(Array.from({ length: 400 }, (_, row) => row % classes))
  expect(stratifiedTake(dataset, 100, 1).indices).not.toEqual(stratifiedTake(dataset, 100, 2).indices)
  const large = new Set(stratifiedTake(dataset, 200, 1).indices)
  expect(stratifiedTake(dataset, 40, 1).indices.every((row) => large.has(row))).toBe(true)
})

test('without classes the split is a plain random one', () => {
  const { classes: _, ...rest } = labelled(Array.from({ length: 50 }, () => 0))
  const dataset: Dataset = { ...rest, targets: valueOf('float32', [50, 1], new Array<number>(50).fill(0.5)) }
  expect(stratifiedSplit(dataset, 0.2, 0).validation.indices.length).toBe(10)
})

test('parts without samples and labels out of range are refused', () => {
  const dataset = labelled([0, 1, 2, 3])
  for (const held of [0, -1, 4, 0.01, 0.99, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => stratifiedSplit(dataset, held, 0)).toThrow(OptionError)
  expect(() => stratifiedTake(dataset, 5, 0)).toThrow('expected a whole number from 1 to 4; got 5')
  expect(() => stratifiedSplit(labelled([0, 1, 9]), 1, 0)).toThrow(DataError)
})
