import { keyOf, randomStream } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { logExpectedImprovement } from './acquisition.ts'
import { factorize, invertTransposed, upperSquare } from './cholesky.ts'
import { negativeEvidence } from './evidence.ts'
import { distancesOf } from './fit.ts'
import { logImprovement } from './log-improvement.ts'
import { matern, maternSlope } from './matern.ts'
import { minimize, type Smooth } from './minimize.ts'
import { posteriorOf } from './posterior.ts'
import { belief, hyperStart } from './priors.ts'
import { heightsOf, warped, warpedSlope } from './warp.ts'

const random = randomStream(keyOf(5))
const uniforms = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.uniform())

/** The central difference of f along each coordinate. */
function differences(f: (x: Float64Array) => number, x: Float64Array, step = 1e-5): number[] {
  return Array.from(x, (_, i) => {
    const [up, down] = [x.slice(), x.slice()]
    up[i] = (up[i] as number) + step
    down[i] = (down[i] as number) - step
    return (f(up) - f(down)) / (2 * step)
  })
}

function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  const scale = Math.max(1, ...Array.from(wanted, Math.abs))
  Array.from(wanted, (value, i) => expect(Math.abs((got[i] as number) - value) / scale).toBeLessThan(tolerance))
}

const n = 12
const rows = Array.from({ length: n }, () => uniforms(3))
const values = rows.map(([a = 0, b = 0, c = 0]) => Math.exp(3 * a) + Math.sin(5 * b) + c)
const heights = heightsOf(values)
const flat = (points: readonly Float64Array[]): Float64Array => Float64Array.from(points.flatMap((row) => [...row]))
// Columns 1 and 2 belong to one parameter, as those of a category do.
const owners = [0, 1, 1]
const hyper = Float64Array.of(-0.7, 0.2, Math.log(1e-3), 0.5)

test('the correlation is the closed form of Matérn 5/2, and its slope is that of the correlation', () => {
  expect(matern(0)).toBe(1)
  // r = 1: (1 + √5 + 5/3) e^(−√5)
  expect(matern(1)).toBeCloseTo(0.5239941088318203, 14)
  for (const squared of [0.01, 0.3, 2, 9])
    expectClose(
      [maternSlope(squared)],
      differences(([x = 0]) => matern(x), Float64Array.of(squared)),
      1e-8,
    )
})

test('a factor times its transpose is the matrix, and the square of its inverse the inverse of the matrix', () => {
  const size = 9
  const a = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) a[i * size + j] = 1 / (1 + Math.abs(i - j)) + (i === j ? 1 : 0)
  const l = a.slice()
  expect(factorize(l, size)).toBe(true)
  const inverse = upperSquare(invertTransposed(l, size), size)
  const at = (i: number, j: number): number => inverse[Math.max(i, j) * size + Math.min(i, j)] as number
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      let [product, unit] = [0, 0]
      for (let k = 0; k <= Math.min(i, j); k++) product += (l[i * size + k] as number) * (l[j * size + k] as number)
      for (let k = 0; k < size; k++) unit += (a[i * size + k] as number) * at(k, j)
      expect(product).toBeCloseTo(a[i * size + j] as number, 13)
      expect(unit).toBeCloseTo(i === j ? 1 : 0, 12)
    }
  expect(factorize(Float64Array.of(1, 0, 2, 1), 2)).toBe(false)
})

test('the warp is log(1 + u/c), and its slope is by log c', () => {
  for (const height of [0, 0.2, 3, 1e6])
    for (const logBend of [-2, 0, 3])
      expectClose(
        [warpedSlope(height, Math.exp(logBend))],
        differences(([x = 0]) => warped(height, Math.exp(x)), Float64Array.of(logBend)),
        1e-8,
      )
  expect([...heightsOf([3, 1, 2, 5, 9])]).toEqual([0.5, 0, 0.25, 1, 2])
  expect([...heightsOf([1, 1, 1, 1, 4])]).toEqual([0, 0, 0, 0, 1])
})

test('the evidence has the gradient that differences show', () => {
  const observed = { distances: distancesOf(rows, owners, 2), heights }
  for (const point of [hyper, hyperStart(2), Float64Array.of(-1.5, 1, -2, -2)]) {
    const gradient = new Float64Array(4)
    negativeEvidence(observed, point, gradient)
    expectClose(
      gradient,
      differences((x) => negativeEvidence(observed, x, new Float64Array(4)), point),
      1e-6,
    )
  }
})

test('the evidence of two points is that of the normal density, by hand', () => {
  // w = (0, log 2), m = log 2 / 2, s² = m²; with R = [[1 + e, k], [k, 1 + e]] the quadratic form of (−m, m) is 2m² / (1 + e − k).
  const observed = { distances: [Float64Array.of(0.25)], heights: Float64Array.of(0, 1) }
  const at = (logLength: number): number => {
    const k = matern(0.25 * Math.exp(-2 * logLength))
    const square = (Math.LN2 / 2) ** 2
    const variance = ((2 * square) / (1.01 - k) + belief * square) / (2 + belief)
    const determinant = 1.01 ** 2 - k * k
    const prior = 0.5 * ((logLength - Math.log(0.3)) / 0.8) ** 2
    return (1 + belief / 2) * Math.log(variance) + 0.5 * Math.log(determinant) + prior
  }
  const evidence = (logLength: number): number =>
    negativeEvidence(observed, Float64Array.of(logLength, Math.log(0.01), 0), new Float64Array(3))
  for (const logLength of [-2, -0.5, 1])
    expect(evidence(logLength) - evidence(0)).toBeCloseTo(at(logLength) - at(0), 10)
})

test('the posterior goes through observations without noise, and knows nothing far away', () => {
  const exact = Float64Array.of(-0.7, 0.2, Math.log(1e-9), 1)
  const posterior = posteriorOf({ rows: flat(rows), owners, heights }, exact)
  rows.forEach((row, i) => {
    const { mean, deviation } = posterior.at(row)
    expect(mean).toBeCloseTo(warped(heights[i] as number, Math.E), 6)
    expect(deviation / posterior.scale).toBeLessThan(1e-4)
  })
  const { mean, deviation } = posterior.at(Float64Array.of(50, 50, 50))
  expect(mean).toBeCloseTo(heights.reduce((sum, height) => sum + warped(height, Math.E), 0) / n, 10)
  expect(deviation).toBeCloseTo(posterior.scale, 10)
})

test('one dimension, two points, by hand', () => {
  // Heights 0 and 1 with c = 1 are w = 0 and log 2, mean m = log 2 / 2; R = [[1, k], [k, 1]] without noise, R⁻¹(w − m) = (−m, m) / (1 − k).
  const length = 0.5
  const points = { rows: Float64Array.of(0, 1), owners: [0], heights: Float64Array.of(0, 1) }
  const posterior = posteriorOf(points, Float64Array.of(Math.log(length), Math.log(1e-12), 0))
  const correlation = (distance: number): number => {
    const r = distance / length
    return (1 + Math.sqrt(5) * r + (5 / 3) * r * r) * Math.exp(-Math.sqrt(5) * r)
  }
  const half = Math.LN2 / 2
  const k = correlation(1)
  const [a, b] = [correlation(0.2), correlation(0.8)]
  const { mean, deviation } = posterior.at(Float64Array.of(0.2))
  expect(mean).toBeCloseTo(half + ((b - a) * half) / (1 - k), 10)
  expect((deviation / posterior.scale) ** 2).toBeCloseTo(1 - (a * a + b * b - 2 * k * a * b) / (1 - k * k), 10)
})

test('a pending point changes no mean, and takes away the doubt around it', () => {
  const pending = Float64Array.of(0.9, 0.1, 0.5)
  const before = posteriorOf({ rows: flat(rows), owners, heights }, hyper)
  const after = posteriorOf({ rows: flat([...rows, pending]), owners, heights }, hyper)
  const near = Float64Array.of(0.85, 0.15, 0.5)
  const [known, believed] = [before.at(near), after.at(near)]
  expect(believed.mean).toBeCloseTo(known.mean, 10)
  expect(believed.deviation).toBeLessThan(0.6 * known.deviation)
})

test('log expected improvement has the gradient that differences show, also where improvement underflows', () => {
  const posterior = posteriorOf({ rows: flat(rows), owners, heights }, hyper)
  for (const margin of [0, 2, 60 * posterior.scale]) {
    const acquisition = logExpectedImprovement(posterior, margin)
    for (let trial = 0; trial < 5; trial++) {
      const x = uniforms(3)
      const gradient = new Float64Array(3)
      expect(acquisition.climb(x, gradient)).toBe(acquisition.value(x))
      expectClose(gradient, differences(acquisition.value, x), 1e-6)
    }
  }
})

/** log ∫₀^∞ t φ(t − z) dt by Simpson's rule, with the largest exponent taken out. */
function integrated(z: number): number {
  const peak = Math.max(z, 0)
  const exponent = (t: number): number => -0.5 * (t - z) ** 2
  const scale = exponent(peak)
  const end = peak + (z < -5 ? 60 / -z : 12)
  const steps = 20_000
  const width = end / steps
  let sum = 0
  for (let i = 0; i <= steps; i++) {
    const t = i * width
    sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * t * Math.exp(exponent(t) - scale)
  }
  return scale + Math.log((sum * width) / 3) - 0.5 * Math.log(2 * Math.PI)
}

test.each([8, 2, 0.5, 0, -1, -2.4, -2.6, -5, -12, -40])(
  'log improvement at z = %d is the integral it stands for',
  (z) => {
    expect(Math.abs(logImprovement(z).value - integrated(z))).toBeLessThan(1e-9 * Math.max(1, Math.abs(integrated(z))))
  },
)

test('log improvement falls as −z²/2 − 2 log |z| far in the tail, with its slope', () => {
  for (const z of [-1e3, -1e5, -1e8]) {
    const { value, slope } = logImprovement(z)
    const limit = -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - 2 * Math.log(-z)
    expect(Math.abs(value / limit - 1)).toBeLessThan(1e-6)
    expect(Math.abs(slope / -z - 1)).toBeLessThan(1e-5)
  }
  for (const z of [4, 0.3, -2.49, -2.51, -7])
    expectClose(
      [logImprovement(z).slope],
      differences(([x = 0]) => logImprovement(x).value, Float64Array.of(z)),
      1e-7,
    )
})

test('minima lie inside the box or on its edge', () => {
  const valley: Smooth = (x, gradient) => {
    const [a = 0, b = 0] = x
    gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a)
    gradient[1] = 200 * (b - a * a)
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2
  }
  const start = Float64Array.of(-1.2, 1)
  const box = (high: number) => ({ low: Float64Array.of(-2, -2), high: Float64Array.of(high, 2) })
  expectClose(minimize(valley, start, box(2), { steps: 200, tolerance: 1e-7 }).x, [1, 1], 1e-5)
  expectClose(minimize(valley, start, box(0.5), { steps: 200, tolerance: 1e-7 }).x, [0.5, 0.25], 1e-5)
})
