import { type Dataset, OptionError, randomStream } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { classCounts, take } from '../dataset.ts'
import { generatedDigits } from './generated-digits.ts'
import { drawLine, edge } from './ink.ts'
import { trace } from './trace.ts'

const size = edge * edge
const { train, test: held } = generatedDigits({ train: 1500, test: 300 })

function pixels({ inputs }: Dataset, image: number): number[] {
  return Array.from(inputs.data.subarray(image * size, (image + 1) * size), Number)
}

test('they have the shape of MNIST, and the label of made-up data', () => {
  expect(train).toMatchObject({ name: 'generated-digits', real: false, classes: 10, inputScale: 1 / 255 })
  expect(train.inputs).toMatchObject({ dtype: 'uint8', shape: [1500, 28, 28] })
  expect(held.targets).toMatchObject({ dtype: 'uint8', shape: [300] })
  expect(classCounts(train)).toEqual(new Array(10).fill(150))
  for (let i = 0; i < 10; i++) expect(classCounts(take(train, 10 * (i + 1)))).toEqual(new Array(10).fill(i + 1))
})

test('an image depends on the seed and its number alone', () => {
  const fewer = generatedDigits({ train: 13, test: 7 })
  for (const [few, many] of [
    [fewer.train, train],
    [fewer.test, held],
  ] as const) {
    expect(few.inputs.data).toEqual(many.inputs.data.subarray(0, few.inputs.data.length))
    expect(few.targets.data).toEqual(many.targets.data.subarray(0, few.targets.data.length))
  }
  expect(generatedDigits({ train: 13, test: 7, seed: 1 }).train.inputs.data).not.toEqual(fewer.train.inputs.data)
})

test('no image comes twice, in training or in testing', () => {
  const all = [train, held].flatMap((set) => Array.from(set.indices, (image) => pixels(set, image).join()))
  expect(new Set(all).size).toBe(1800)
})

test('every image has bright ink, and more dark ground than ink', () => {
  for (const image of train.indices) {
    const shown = pixels(train, image)
    expect(shown.filter((light) => light > 100).length).toBeGreaterThan(12)
    expect(shown.filter((light) => light > 100).length).toBeLessThan(300)
  }
})

/** Share of test images whose nearest class mean, after training on the others, is their own. */
function nearestMean(labels: ArrayLike<number | bigint>): number {
  const means = Array.from({ length: 10 }, () => new Float64Array(size))
  for (const image of train.indices) {
    const mean = means[Number(labels[image])]
    pixels(train, image).forEach((light, i) => {
      if (mean !== undefined) mean[i] = (mean[i] ?? 0) + light / 150
    })
  }
  const hits = held.indices.filter((image) => {
    const shown = pixels(held, image)
    const distances = means.map((mean) => shown.reduce((sum, light, i) => sum + (light - (mean[i] ?? 0)) ** 2, 0))
    return distances.indexOf(Math.min(...distances)) === Number(held.targets.data[image])
  })
  return hits.length / held.indices.length
}

test('labels belong to images: class means tell digits apart, but not well', () => {
  const share = nearestMean(train.targets.data)
  expect(share).toBeGreaterThan(0.45)
  expect(share).toBeLessThan(0.85)
  expect(nearestMean(randomStream([1, 2]).shuffle(Uint8Array.from(train.targets.data, Number)))).toBeLessThan(0.25)
})

test('counts and seeds outside their range are refused', () => {
  expect(() => generatedDigits({ train: 0 })).toThrow(OptionError)
  expect(() => generatedDigits({ test: 1.5 })).toThrow(OptionError)
  expect(() => generatedDigits({ seed: -1 })).toThrow(OptionError)
})

test('a line covers what lies within its radius, and its rim in part', () => {
  const ink = new Float32Array(size)
  drawLine(ink, [5, 10, 20, 10], 1.25)
  const column = [8, 9, 10, 11, 12].map((y) => ink[y * edge + 12])
  expect(column).toEqual([0, 0.75, 1, 0.75, 0])
  expect(ink[10 * edge + 3]).toBe(0)
  expect(ink[10 * edge + 4]).toBe(0.75)
  drawLine(ink, [-50, -50, 90, -40], 3)
  expect(Math.max(...ink)).toBe(1)
})

test('a stroke passes through its control points, straight between corners', () => {
  const line = trace([
    { x: 0, y: 0, corner: false },
    { x: 4, y: 0, corner: true },
    { x: 4, y: 4, corner: false },
  ])
  const points = Array.from({ length: line.length / 2 }, (_, i) => [line[2 * i], line[2 * i + 1]])
  expect(points[0]).toEqual([0, 0])
  expect(points).toContainEqual([4, 0])
  expect(points.at(-1)).toEqual([4, 4])
  for (const [x, y] of points) expect(x === 4 || y === 0).toBe(true)
  const smooth = trace(
    [
      [0, 0],
      [1, 2],
      [2, -1],
      [3, 0],
    ].map(([x = 0, y = 0]) => ({ x, y, corner: false })),
  )
  expect(smooth.slice(10, 12)).toEqual([1, 2])
  expect(smooth.slice(20, 22)).toEqual([2, -1])
})
