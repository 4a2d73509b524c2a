import { DataError, type Dataset, OptionError, valueOf } from '@gradwerk/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batches } from './batches.ts'
import { arrayDataset, classCounts, subset, take } from './dataset.ts'

/** Inputs [rows, 2] that tell their row, labels row mod 3. */
function counted(rows: number): Dataset {
  const numbers = Array.from({ length: rows }, (_, row) => row)
  return arrayDataset({
    name: 'counted',
    inputs: valueOf(
      'float32',
      [rows, 2],
      numbers.flatMap((row) => [row, -row]),
    ),
    targets: valueOf(
      'int32',
      [rows],
      numbers.map((row) => row % 3),
    ),
    classes: 3,
  })
}

test('bytes are scaled by 1/255 unless told otherwise, numbers are not', () => {
  const targets = valueOf('float32', [2, 1], [0.5, 1])
  expect(arrayDataset({ inputs: valueOf('uint8', [2, 3], [0, 1, 2, 3, 4, 5]), targets }).inputScale).toBe(1 / 255)
  expect(arrayDataset({ inputs: valueOf('uint8', [2], [0, 1]), targets, inputScale: 1 }).inputScale).toBe(1)
  expect(arrayDataset({ inputs: valueOf('float32', [2], [0, 1]), targets })).toEqual({
    name: 'data',
    real: true,
    inputs: valueOf('float32', [2], [0, 1]),
    targets,
    indices: Int32Array.of(0, 1),
    inputScale: 1,
  })
})

const inputs = valueOf('float32', [3, 1], [1, 2, 3])
const labels = valueOf('uint8', [3], [0, 1, 2])

test.each([
  [
    'no samples',
    { inputs: valueOf('float32', [0, 4], []), targets: valueOf('uint8', [0], []), classes: 2 },
    DataError,
    "'data' has no samples",
  ],
  ['no features', { inputs: valueOf('float32', [3, 0], []), targets: labels, classes: 3 }, DataError, 'got [3, 0]'],
  ['a scalar', { inputs: valueOf('float32', [], [1]), targets: labels, classes: 3 }, DataError, 'expected 0 targets'],
  [
    'unequal counts',
    { inputs, targets: valueOf('uint8', [2], [0, 1]), classes: 2 },
    DataError,
    'expected 3 targets, one per row of the inputs; got [2]',
  ],
  [
    'inputs of int32',
    { inputs: valueOf('int32', [3], [1, 2, 3]), targets: labels, classes: 3 },
    DataError,
    'expected float32 or uint8; got int32',
  ],
  ['targets of bool', { inputs, targets: valueOf('bool', [3], [1, 0, 1]), classes: 3 }, DataError, 'got bool [3]'],
  [
    'labels of two axes',
    { inputs, targets: valueOf('uint8', [3, 1], [0, 1, 2]), classes: 3 },
    DataError,
    'got uint8 [3, 1]',
  ],
  [
    'a label too large',
    { inputs, targets: labels, classes: 2 },
    DataError,
    'expected a class from 0 to 1; got 2 in row 2',
  ],
  [
    'a negative label',
    { inputs, targets: valueOf('int32', [3], [0, -1, 0]), classes: 2 },
    DataError,
    'got -1 in row 1',
  ],
  ['labels without classes', { inputs, targets: labels }, OptionError, "expected the option 'classes'; got none"],
  ['classes of 0', { inputs, targets: labels, classes: 0 }, OptionError, "option 'classes'"],
  [
    'a scale of 0',
    { inputs, targets: labels, classes: 3, inputScale: 0 },
    OptionError,
    'expected a number other than 0; got 0',
  ],
])('%s: refused', (_, options, type, message) => {
  expect(() => arrayDataset(options)).toThrow(type)
  expect(() => arrayDataset(options)).toThrow(message)
})

test('a subset of a subset shares the arrays and keeps the order', () => {
  const dataset = counted(10)
  const odd = subset(dataset, [9, 7, 5, 3, 1])
  const again = subset(odd, [0, 0, 4])
  expect(again.indices).toEqual(Int32Array.of(9, 9, 1))
  expect(again.inputs).toBe(dataset.inputs)
  expect(take(odd, 2).indices).toEqual(Int32Array.of(9, 7))
  expect(classCounts(dataset)).toEqual([4, 3, 3])
  expect(classCounts(again)).toEqual([2, 1, 0])
})

test('samples that do not exist are refused', () => {
  const dataset = subset(counted(10), [9, 8])
  for (const position of [-1, 2, 0.5, Number.NaN]) expect(() => subset(dataset, [position])).toThrow(DataError)
  expect(() => subset(dataset, [])).toThrow("subset: nothing of 'counted' was chosen")
  for (const count of [0, 3, 1.5])
    expect(() => take(dataset, count)).toThrow(`expected a whole number from 1 to 2; got ${count}`)
  expect(() => classCounts(arrayDataset({ inputs, targets: inputs }))).toThrow(DataError)
})

test('batches hold every sample of a view once, inputs beside their targets', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 70 }),
      fc.nat(),
      (rows, batchSize, shuffle) => {
        const dataset = subset(
          counted(rows + 5),
          Array.from({ length: rows }, (_, i) => i + 5),
        )
        const seen: number[] = []
        for (const batch of batches(dataset, { batchSize, shuffle })) {
          expect(batch.inputs.shape).toEqual([batch.rows.length, 2])
          batch.rows.forEach((row, i) => {
            expect([batch.inputs.data[2 * i], batch.inputs.data[2 * i + 1], batch.targets.data[i]]).toEqual([
              row,
              -row,
              row % 3,
            ])
            seen.push(row)
          })
        }
        expect(seen.sort((a, b) => a - b)).toEqual([...dataset.indices])
      },
    ),
  )
})

test('the order of batches: kept, shuffled, another in each epoch', () => {
  const rowsOf = (options: object): number[] =>
    [...batches(counted(20), { batchSize: 6, ...options })].flatMap(({ rows }) => [...rows])
  expect(rowsOf({})).toEqual([...counted(20).indices])
  expect(rowsOf({ remainder: 'drop' })).toEqual([...counted(18).indices])
  expect(rowsOf({ shuffle: 1 })).toEqual(rowsOf({ shuffle: 1 }))
  expect(rowsOf({ shuffle: 1 })).not.toEqual(rowsOf({ shuffle: 1, epoch: 1 }))
  expect(() => rowsOf({ batchSize: 21, remainder: 'drop' })).toThrow(DataError)
  expect(() => rowsOf({ batchSize: 0 })).toThrow(OptionError)
})

test('bytes stay bytes in a batch', () => {
  const dataset = arrayDataset({
    inputs: valueOf('uint8', [2, 1, 2], [1, 2, 3, 4]),
    targets: valueOf('uint8', [2], [1, 0]),
    classes: 2,
  })
  const [batch] = batches(subset(dataset, [1, 0]), { batchSize: 2 })
  expect(batch?.inputs).toEqual(valueOf('uint8', [2, 1, 2], [3, 4, 1, 2]))
})
