import { categorical, float, int } from '@gradwerk/tuners'
import { expect, it } from 'vitest'
import { UsageError } from '../errors.ts'
import { gridPoints, oneOf, samplerNames } from './strategies.ts'

const rate = float(1e-3, 1, { log: true })
const batchSize = categorical([32, 64, 128, 256])

it.each([
  [{ rate, batchSize, strength: rate }, 36, 3],
  [{ rate, batchSize, strength: rate }, 37, 4],
  [{ rate, batchSize }, 36, 9],
  [{ rate, units: int(1, 9), strength: rate }, 1000, 10],
  [{ batchSize }, 100, 1],
])('gives a grid over %j a point for each of %i trials', (space, trials, points) => {
  expect(gridPoints(space, trials)).toBe(points)
})

it('names what there is', () => {
  expect(oneOf('sampler', samplerNames, 'tpe')).toBe('tpe')
  expect(() => oneOf('sampler', samplerNames, 'toString')).toThrow(UsageError)
})
