import { fold, keyOf, numbers, randomStream } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { displacementBank, gaussian, smoothNoise } from './displacement-bank.ts'

test('a Gaussian with sum 1, cut at 4σ', () => {
  const weights = gaussian(1.5)
  expect(weights.length).toBe(13)
  expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14)
  expect((weights[7] as number) / (weights[6] as number)).toBeCloseTo(Math.exp(-1 / 4.5), 14)
  expect([...weights]).toEqual([...weights].toReversed())
})

test("a field is Simard's recipe, written as one sum over the plane in double precision", () => {
  const [height, width, sigma] = [5, 7, 1.3]
  const radius = Math.ceil(4 * sigma)
  const stream = () => randomStream(keyOf(9))
  const field = smoothNoise(stream(), height, width, gaussian(sigma))
  const random = stream()
  const [rows, columns] = [height + 2 * radius, width + 2 * radius]
  const noise = Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * random.uniform() - 1))
  let weightSum = 0
  for (let p = -radius; p <= radius; p++)
    for (let q = -radius; q <= radius; q++) weightSum += Math.exp(-(p * p + q * q) / (2 * sigma * sigma))
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++) {
      let total = 0
      for (let p = -radius; p <= radius; p++)
        for (let q = -radius; q <= radius; q++)
          total +=
            (noise[i + radius + p]?.[j + radius + q] as number) * Math.exp(-(p * p + q * q) / (2 * sigma * sigma))
      expect(field[i * width + j]).toBeCloseTo(total / weightSum, 12)
    }
})

test('displacements have mean 0 and the stated standard deviation, at the border as inside', () => {
  const [height, width, sigma] = [12, 10, 2]
  const kernel = gaussian(sigma)
  const random = randomStream(fold(keyOf(1), 'fields'))
  const count = 4000
  const fields = Array.from({ length: count }, (_, i) => smoothNoise(random.child(i), height, width, kernel))
  const stated = kernel.reduce((total, g) => total + g * g, 0) / Math.sqrt(3)
  expect(stated).toBeCloseTo(1 / (2 * Math.sqrt(3 * Math.PI) * sigma), 4)
  for (const point of [0, 9, 55, 119]) {
    const at = fields.map((field) => field[point] as number)
    const mean = at.reduce((a, b) => a + b, 0) / count
    const variance = at.reduce((a, b) => a + b * b, 0) / count
    expect((Math.abs(mean) / stated) * Math.sqrt(count)).toBeLessThan(4.6)
    expect(Math.abs(variance / stated ** 2 - 1) * Math.sqrt(count / 2)).toBeLessThan(4.6)
  }
})

test('a bank holds each direction apart, with the negatives, in the units of gridSample', () => {
  const [right, down] = displacementBank({ sigma: 1, fields: 3, seed: 4 }, 4, 8).map(numbers)
  const [points, rows] = [32, 6]
  expect(right?.length).toBe(rows * points * 2)
  for (let row = 0; row < 3; row++)
    for (let k = 0; k < points * 2; k++) {
      const [x, y] = [right, down].map((bank) => bank?.[row * points * 2 + k] as number) as [number, number]
      const [minusX, minusY] = [right, down].map((bank) => bank?.[(row + 3) * points * 2 + k] as number)
      expect(k % 2 === 0 ? y : x).toBe(0)
      expect([minusX, minusY].map((z) => (z as number) + 0)).toEqual([0 - x, 0 - y])
    }
  const field = smoothNoise(
    randomStream(fold(keyOf(4), 'displacement'))
      .child(1)
      .child(2),
    4,
    8,
    gaussian(1),
  )
  expect(down?.[(2 * points + 5) * 2 + 1]).toBe(Math.fround((2 / 4) * (field[5] as number)))
})
