// Fan rules, gains, bounds and standard deviations of PyTorch. A stream that always gives the same number shows them exactly.

import { readFileSync } from 'node:fs'
import { fansOf, type Initializer, keyOf, type RandomStream, randomStream } from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import { describe, expect, test } from 'vitest'

interface GoldenCase {
  readonly name: string
  readonly initializer: string
  readonly shape: readonly number[]
  readonly fanIn?: number
  readonly fanOut?: number
  readonly gain?: number
  readonly mode?: 'fan_in' | 'fan_out'
  readonly nonlinearity?: string
  readonly negative_slope?: number
  readonly std?: number
  readonly bound?: number
}

interface Gain {
  readonly nonlinearity: string
  readonly param?: number
  readonly gain: number
}

const golden: { cases: GoldenCase[]; gains: Gain[] } = JSON.parse(
  readFileSync(new URL('golden/variance-scaling.json', import.meta.url), 'utf8'),
)

/** Every uniform number is 1 (the bound) and every normal number 1 (the standard deviation). */
const ones: RandomStream = { ...randomStream(keyOf(0)), uniform: () => 1, normal: () => 1 }

function heOptions({ mode, gain, nonlinearity, negative_slope }: GoldenCase): initializers.HeOptions {
  const shared = { mode: mode === 'fan_out' ? 'fanOut' : 'fanIn' } as const
  if (nonlinearity === 'relu') return shared
  return nonlinearity === 'leaky_relu' ? { ...shared, negativeSlope: negative_slope } : { ...shared, gain }
}

const made: Readonly<Record<string, (testCase: GoldenCase) => Initializer>> = {
  xavier_uniform: ({ gain = 1 }) => initializers.glorotUniform({ gain }),
  xavier_normal: ({ gain = 1 }) => initializers.glorotNormal({ gain }),
  kaiming_uniform: (testCase) => initializers.heUniform(heOptions(testCase)),
  kaiming_normal: (testCase) => initializers.heNormal(heOptions(testCase)),
  lecun_uniform: () => initializers.lecunUniform(),
  lecun_normal: () => initializers.lecunNormal(),
  pytorch_default_layer: () => initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform' }),
}

const places = { outputAxes: [0], inputAxes: [1] }

describe('PyTorch', () => {
  test('every case is here', () => {
    expect([golden.cases.length, golden.gains.length]).toEqual([210, 6])
  })

  test.each(golden.cases.filter(({ initializer }) => initializer !== 'fan'))('$name', (testCase) => {
    const make = made[testCase.initializer]
    if (make === undefined) throw new Error(`no initializer for ${testCase.initializer}`)
    const [number] = make(testCase).sample([1], fansOf({ shape: testCase.shape, ...places }), ones)
    const expected = testCase.bound ?? testCase.std ?? 0
    expect(Math.abs((number ?? 0) / expected - 1)).toBeLessThan(1e-7)
  })

  test.each(golden.cases.filter(({ initializer }) => initializer === 'fan'))('$name', ({ shape, fanIn, fanOut }) => {
    expect(fansOf({ shape, ...places })).toEqual({ fanIn, fanOut })
  })

  test.each(golden.gains)('the gain of $nonlinearity', ({ nonlinearity, param, gain }) => {
    const name = nonlinearity === 'leaky_relu' ? 'leakyRelu' : (nonlinearity as initializers.Nonlinearity)
    expect(initializers.recommendedGain(name, param)).toBeCloseTo(gain, 15)
  })
})
