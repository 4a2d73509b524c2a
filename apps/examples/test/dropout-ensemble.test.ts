import { ort } from '@gradwerk/backend-ort'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Measured, measure } from '../src/dropout-ensemble/measure.ts'
import { type NetworkName, networks, spiral, train } from '../src/dropout-ensemble/networks.ts'
import { expectation, geometricMean, softmax, subnetworks } from '../src/dropout-ensemble/subnetworks.ts'

describe('dropout as an average of sub-networks', () => {
  let measured: Measured[] = []
  const of = (name: NetworkName) => measured.find((one) => one.name === name) as Measured
  beforeAll(async () => {
    measured = await measure({ passes: [16, 256], dropProbability: 0.5, samples: 60 })
  })

  test.each(['linear', 'one hidden layer'] as const)('%s: the scaled network is the mean, exactly', (name) => {
    // Of logits of up to about ten, in float32.
    expect(of(name).logits.largest).toBeLessThan(1e-5)
    expect(of(name).geometric.largest).toBeLessThan(1e-6)
  })

  test('the arithmetic mean of probabilities is another number, and less sure', () => {
    for (const { arithmetic, probabilities } of measured) {
      expect(arithmetic.largest).toBeGreaterThan(0.1)
      const surest = (key: 'scaled' | 'arithmetic') => probabilities.reduce((total, row) => total + row[key] ** 2, 0)
      expect(surest('arithmetic')).toBeLessThan(surest('scaled'))
    }
  })

  test('with rectifiers between two layers of dropout it is close, and not exact', () => {
    const { logits, arithmetic, agreement } = of('two hidden layers')
    expect(logits.largest).toBeGreaterThan(0.1)
    expect(arithmetic.mean).toBeLessThan(0.12)
    expect(agreement).toBeGreaterThan(0.95)
  })

  test('the average decides better than its members, and the scaled network like the average', () => {
    for (const { accuracy, agreement } of measured) {
      expect(accuracy.average).toBeGreaterThan(accuracy.single)
      expect(accuracy.scaled).toBeGreaterThan(accuracy.single)
      expect(agreement).toBeGreaterThan(0.95)
    }
  })

  test('random masks come as near as σ / √T', () => {
    for (const { passes } of measured)
      for (const { distance, expected } of passes) expect(Math.abs(distance / expected - 1)).toBeLessThan(0.3)
  })

  test('sub-networks count by their probability where units are dropped less often', async () => {
    const [points, network] = [spiral(12, 3), networks['one hidden layer']]
    const trained = await train(network, 0.25, ort({ threads: 1 }))
    const all = subnetworks(trained.model, network, 0.25, points)
    expect(all.reduce((total, { probability }) => total + probability, 0)).toBeCloseTo(1, 12)
    const scaled = await trained.logits(points)
    const [means, geometric] = [expectation(all, (row) => row), geometricMean(all)]
    for (const [i, row] of scaled.entries())
      for (const [k, z] of row.entries()) {
        expect(z).toBeCloseTo(means[i]?.[k] ?? Number.NaN, 4)
        expect(softmax(row)[k]).toBeCloseTo(geometric[i]?.[k] ?? Number.NaN, 5)
      }
  })
})
