import {
  brightness,
  compose,
  contrast,
  cropAndPad,
  cutmix,
  cutout,
  erase,
  gaussianNoise,
  horizontalFlip,
  maybe,
  mixup,
  oneOf,
} from '@gradwerk/augmentation'
import { numbers, type Value, valueOf } from '@gradwerk/core'
import {
  assertDistribution,
  doubles,
  expectClose,
  normalDistribution,
  randomValue,
  uniformDistribution,
} from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { applied, copies, images } from './apply.ts'

/** Within five standard errors of a share. */
function expectShare(count: number, of: number, share: number): void {
  expect(Math.abs(count / of - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / of))
}

const count = 2000
const labels = valueOf(
  'int32',
  [count],
  Array.from({ length: count }, (_, i) => i % 3),
)

describe('cropAndPad', () => {
  const image = [
    [1, 2, 3],
    [4, 5, 6],
  ]
  test('takes every piece as often as any other, pixel by pixel', () => {
    const seen = new Map<string, number>()
    for (const crop of images(applied(cropAndPad(1, { fill: 9 }), copies(count, image)).inputs))
      seen.set(JSON.stringify(crop), (seen.get(JSON.stringify(crop)) ?? 0) + 1)
    const padded = [Array(5).fill(9), [9, 1, 2, 3, 9], [9, 4, 5, 6, 9], Array(5).fill(9)]
    const pieces = [0, 1, 2].flatMap((top) =>
      [0, 1, 2].map((left) => JSON.stringify([0, 1].map((i) => [0, 1, 2].map((j) => padded[top + i]?.[left + j])))),
    )
    expect([...seen.keys()].toSorted()).toEqual(pieces.toSorted())
    for (const times of seen.values()) expectShare(times, count, 1 / 9)
  })

  test('refuses a size beyond the padded image', () => {
    expect(() => applied(cropAndPad({ padding: 1, size: [5, 3] }), copies(1, image))).toThrow(
      /at most \[4, 5\].*\[5, 3\]/s,
    )
  })
})

test('horizontalFlip mirrors half of the images', () => {
  const after = images(applied(horizontalFlip(), copies(count, [[1, 2, 3]])).inputs).map(String)
  expect([...new Set(after)].toSorted()).toEqual(['1,2,3', '3,2,1'])
  expectShare(after.filter((row) => row === '3,2,1').length, count, 0.5)
  expect(
    images(
      applied(
        horizontalFlip(1),
        copies(2, [
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ).inputs,
    )[1],
  ).toEqual([
    [3, 2, 1],
    [6, 5, 4],
  ])
})

/** The rows and columns of the pixels with a value; they fill a rectangle. */
function rectangleOf(image: readonly (readonly number[])[], value: number) {
  const at = image.flatMap((row, i) => row.flatMap((x, j) => (x === value ? [[i, j] as const] : [])))
  const [rows, columns] = [0, 1].map((axis) => at.map((place) => place[axis as 0 | 1])) as [number[], number[]]
  const [top, left, bottom, right] = [Math.min(...rows), Math.min(...columns), Math.max(...rows), Math.max(...columns)]
  const [height, width] = [bottom - top + 1, right - left + 1]
  expect(at.length).toBe(height * width)
  return { top, left, height, width }
}

describe('hidden rectangles', () => {
  const white = (height: number, width: number) => Array.from({ length: height }, () => Array<number>(width).fill(1))

  test('erase: shares of the area and ratios of the sides in their ranges, anywhere inside', () => {
    const [height, width] = [40, 50]
    const found = images(
      applied(erase({ smallest: 0.1, largest: 0.3, aspect: 0.5, fill: 7 }), copies(400, white(height, width))).inputs,
    ).map((image) => rectangleOf(image, 7))
    const shares = found.map((r) => (r.height * r.width) / (height * width))
    expect(Math.min(...shares)).toBeGreaterThan(0.09)
    expect(Math.max(...shares)).toBeLessThan(0.32)
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length
    expect(Math.abs(mean - 0.2)).toBeLessThan((5 * 0.2) / Math.sqrt(12 * 400) + 0.002)
    const ratios = found.map((r) => Math.log(r.height / r.width))
    expect(Math.max(...ratios.map(Math.abs))).toBeLessThan(Math.log(2) + 0.12)
    expect(Math.abs(ratios.reduce((a, b) => a + b, 0) / 400)).toBeLessThan(0.12)
    expect(Math.min(...found.map(({ top }) => top))).toBe(0)
    expect(Math.max(...found.map(({ left, width: side }) => left + side))).toBe(width)
  })

  test('cutout: a square around any pixel, cut at the border', () => {
    const found = images(applied(cutout(4, { fill: 7 }), copies(count, white(10, 12))).inputs).map((image) =>
      rectangleOf(image, 7),
    )
    expectShare(found.filter(({ height, width }) => height === 4 && width === 4).length, count, (7 / 10) * (9 / 12))
    expect(Math.min(...found.map(({ height }) => height))).toBe(2)
    expect(Math.max(...found.map(({ width }) => width))).toBe(4)
  })
})

describe('numbers', () => {
  const zeros = valueOf('float32', [500, 2, 16, 16], new Float32Array(256_000))
  test('gaussianNoise is normal', () => {
    assertDistribution(doubles(applied(gaussianNoise(0.3), zeros).inputs), normalDistribution({ std: 0.3 }))
  })

  test('brightness adds one uniform number to a sample', () => {
    const after = doubles(applied(brightness(0.4), valueOf('float32', [100_000, 2], new Float32Array(200_000))).inputs)
    assertDistribution(
      after.filter((_, i) => i % 2 === 0),
      uniformDistribution({ low: -0.4, high: 0.4 }),
    )
    expect(after.every((x, i) => x === after[i - (i % 2)])).toBe(true)
  })

  test('contrast keeps the mean and stretches the distance from it', () => {
    const before = randomValue({ dtype: 'float32', shape: [50, 3, 4] }, 2)
    const [x, y] = [doubles(before), doubles(applied(contrast(0.5), before).inputs)]
    for (let n = 0; n < 50; n++) {
      const [from, to] = [x.subarray(n * 12, n * 12 + 12), y.subarray(n * 12, n * 12 + 12)]
      const mean = from.reduce((a, b) => a + b, 0) / 12
      const factor = ((to[0] as number) - mean) / ((from[0] as number) - mean)
      expect(Math.abs(factor - 1)).toBeLessThan(0.501)
      to.forEach((at, k) => {
        expect(at).toBeCloseTo(mean + factor * ((from[k] as number) - mean), 4)
      })
    }
  })
})

describe('mixtures', () => {
  // Sample i is an image of one number, so that shares can be read off.
  const values = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 0 : 1))
  const flat = (height: number, width: number): Value =>
    valueOf(
      'float32',
      [count, height, width],
      values.flatMap((x) => Array<number>(height * width).fill(x)),
    )
  const shareOf = (targets: Value, i: number) => numbers(targets)[i * 3 + (i % 3)] as number

  test('mixup: the same share in the image and in its target', () => {
    const after = applied(mixup(1), flat(1, 2), { targets: labels, classes: 3 })
    const shares = Array.from({ length: count - 1 }, (_, i) => shareOf(after.targets, i))
    assertDistribution(shares, uniformDistribution())
    images(after.inputs)
      .slice(0, -1)
      .forEach((image, i) => {
        const share = shares[i] as number
        expect(image[0]?.[1]).toBeCloseTo(i % 2 === 0 ? 1 - share : share, 6)
        expect(numbers(after.targets)[i * 3 + ((i + 1) % 3)]).toBeCloseTo(1 - share, 6)
      })
  })

  test('mixup mixes the last sample with the first', () => {
    const { inputs } = applied(mixup(1), valueOf('float32', [3, 1], [1, 10, 100]), {
      targets: valueOf('int32', [3], [0, 1, 2]),
      classes: 3,
    })
    const last = Number(inputs.data[2])
    expect(last).toBeGreaterThan(1)
    expect(last).toBeLessThan(100)
  })

  test('cutmix: the target counts the pixels', () => {
    const after = applied(cutmix(), flat(8, 10), { targets: labels, classes: 3 })
    let sum = 0
    images(after.inputs)
      .slice(0, -1)
      .forEach((image, i) => {
        const own = image.flat().filter((x) => x === (i % 2 === 0 ? 0 : 1)).length / 80
        expect(shareOf(after.targets, i)).toBeCloseTo(own, 6)
        if (own < 1) rectangleOf(image, i % 2 === 0 ? 1 : 0)
        sum += own
      })
    // Cut at the border, a rectangle takes less than 1 − λ, whose mean is one half.
    expect(sum / (count - 1)).toBeGreaterThan(0.55)
    expect(sum / (count - 1)).toBeLessThan(0.85)
  })

  test('class indices without a number of classes are refused', () => {
    expect(() => applied(mixup(), flat(1, 1), { targets: labels })).toThrow(/mixup.*number of classes is not known/s)
  })
})

describe('choices', () => {
  const zeros = valueOf('float32', [count, 2], new Float32Array(2 * count))
  const changed = (value: Value) => doubles(value).filter((x, i) => i % 2 === 0 && x !== 0).length

  test('maybe: a share of the samples', () => {
    expectShare(changed(applied(maybe(0.3, brightness()), zeros).inputs), count, 0.3)
    expect(changed(applied(maybe(0, brightness()), zeros).inputs)).toBe(0)
    expect(changed(applied(maybe(1, brightness()), zeros).inputs)).toBe(count)
  })

  test('maybe: soft targets for those that are mixed, certain ones for the others', () => {
    const { targets } = applied(maybe(0.5, mixup(1)), zeros, { targets: labels, classes: 3 })
    const certain = Array.from({ length: count }, (_, i) => numbers(targets)[i * 3 + (i % 3)] === 1).filter(Boolean)
    expectShare(certain.length, count, 0.5)
  })

  test('oneOf: each as often as its weight says, and one for every sample', () => {
    // brightness(1e-3) stays below 0.001, the second below 1, the third adds noise that differs within a sample.
    const plugin = oneOf([brightness(1e-3), brightness(1), gaussianNoise(1)], { weights: [1, 2, 5] })
    const after = doubles(applied(plugin, zeros).inputs)
    const pairs = Array.from({ length: count }, (_, i) => [after[2 * i], after[2 * i + 1]] as [number, number])
    const noisy = pairs.filter(([a, b]) => a !== b)
    const faint = pairs.filter(([a, b]) => a === b && Math.abs(a) <= 1e-3)
    expectShare(noisy.length, count, 5 / 8)
    expect(Math.abs(faint.length / count - 1 / 8)).toBeLessThan(0.04)
  })

  test('oneOf refuses another number of weights', () => {
    expect(() => oneOf([brightness(), contrast()], { weights: [1] })).toThrow(/2 numbers/)
    expect(() => oneOf([])).toThrow(/augmentations/)
  })

  test('compose applies one after another, each with a key of its own', () => {
    const twice = doubles(applied(compose([brightness(1), brightness(1)]), zeros).inputs).filter((_, i) => i % 2 === 0)
    const variance = twice.reduce((total, x) => total + x * x, 0) / count
    expect(variance).toBeGreaterThan(0.6) // 2/3 for independent ones, 4/3 for the same twice
    expect(variance).toBeLessThan(0.74)
    const image = randomValue({ dtype: 'float32', shape: [3, 4, 4] }, 5)
    expectClose(applied(compose([horizontalFlip(1), horizontalFlip(1)]), image).inputs, image, {})
  })
})
