import { keyOf, OptionError, randomStream, revive } from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import { constant, heNormal, normal, ones, uniform, varianceScaling, xavierNormal, zeros } from '@gradwerk/initializers'
import { describe, expect, test } from 'vitest'

describe('options', () => {
  test.each([
    [
      'normal',
      () => normal({ standardDeviation: -1 }),
      "option 'standardDeviation' is not valid; expected number to be >=0; got -1",
    ],
    [
      'uniform',
      () => uniform({ low: 2, high: 1 }),
      "option 'low' is not valid; expected a number that is not above high; got 2",
    ],
    ['constant', () => constant(Number.NaN), "option 'value' is not valid; expected number; got NaN"],
    ['heNormal', () => heNormal({ gain: 0 }), "option 'gain' is not valid; expected number to be >0; got 0"],
    [
      'heNormal',
      () => heNormal({ gain: 1, negativeSlope: 0.1 }),
      "option 'gain' is not valid; expected either gain or negativeSlope",
    ],
    ['xavierNormal', () => xavierNormal({ scale: 1 } as never), "unknown option 'scale'; expected one of gain"],
    ['varianceScaling', () => varianceScaling({ mode: 'fan_in' as never }), "option 'mode' is not valid"],
    [
      'recommendedGain',
      () => initializers.recommendedGain('leaky_relu' as never),
      'there is no known gain; expected one of linear, sigmoid, relu, leakyRelu, tanh, selu; got "leaky_relu"',
    ],
    ['zeros', () => zeros({ value: 1 } as never), "unknown option 'value'"],
  ])('%s: what is wrong is said', (who, make, message) => {
    expect(make).toThrow(OptionError)
    expect(make).toThrow(`${who}: ${message}`)
  })

  test('are complete', () => {
    expect(normal().options).toEqual({ mean: 0, standardDeviation: 1 })
    expect(constant(0.1).options).toEqual({ value: 0.1 })
    expect(heNormal({ negativeSlope: 0.2 }).options).toEqual({ negativeSlope: 0.2, mode: 'fanIn' })
  })

  test('an alias is revived under its own name', () => {
    const glorot = initializers.glorotUniform({ gain: 2 })
    expect(revive(JSON.parse(JSON.stringify(glorot)), initializers)).toMatchObject({
      name: 'xavierUniform',
      options: { gain: 2 },
    })
  })
})

describe('numbers', () => {
  const sample = (initializer: ReturnType<typeof zeros>) =>
    Array.from(initializer.sample([2, 2], { fanIn: 2, fanOut: 2 }, randomStream(keyOf(1))))

  test('constants', () => {
    expect(sample(zeros())).toEqual([0, 0, 0, 0])
    expect(sample(ones())).toEqual([1, 1, 1, 1])
    expect(sample(constant(0.5))).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  test('an empty parameter, and one with no inputs', () => {
    const random = randomStream(keyOf(1))
    expect(heNormal().sample([0, 3], { fanIn: 0, fanOut: 0 }, random)).toEqual(new Float32Array(0))
    expect(heNormal().sample([3], { fanIn: 0, fanOut: 0 }, random).every(Number.isFinite)).toBe(true)
  })
})
