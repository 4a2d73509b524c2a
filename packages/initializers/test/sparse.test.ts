import { keyOf, OptionError, randomStream } from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import { assertDistribution, drawCount, initializerSuite, normalDistribution } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const { sparse } = initializers

/** Zeros among the incoming connections of each output of a kernel [in, out]. */
function zerosOf(numbers: Float32Array, [inputs = 0, outputs = 0]: readonly number[]): number[] {
  return Array.from({ length: outputs }, (_, output) =>
    Array.from({ length: inputs }, (_, input) => numbers[input * outputs + output]).filter((w) => w === 0),
  ).map(({ length }) => length)
}

initializerSuite(sparse, [
  {
    plugin: sparse(0.9),
    shape: [31, 20],
    random: true,
    verify: (numbers, shape) => expect(new Set(zerosOf(numbers, shape))).toEqual(new Set([28])),
  },
  {
    plugin: sparse({ sparsity: 0, standardDeviation: 2 }),
    shape: [80, 320],
    distribution: normalDistribution({ std: 2 }),
  },
  {
    plugin: sparse(1),
    shape: [5, 5],
    random: false,
    verify: (numbers) => expect(numbers.every((w) => w === 0)).toBe(true),
  },
])

describe('sparse', () => {
  test('what is not zero is normal, and zeros are as likely at every place', () => {
    const random = randomStream(keyOf(1))
    const shape = [40, 160]
    const kept: number[] = []
    const zeros = new Int32Array(40)
    for (let drawn = 0; drawn < 80; drawn++)
      sparse(0.5, { standardDeviation: 0.1 })
        .sample(shape, { fanIn: 40, fanOut: 160 }, random)
        .forEach((w, i) => {
          if (w === 0) zeros[Math.floor(i / 160)] = (zeros[Math.floor(i / 160)] ?? 0) + 1
          else kept.push(w)
        })
    expect(kept).toHaveLength(drawCount)
    assertDistribution(kept, normalDistribution({ std: 0.1 }))
    // 12,800 outputs choose each input with probability ½: within 4.6 standard errors.
    for (const count of zeros) expect(Math.abs(count - 6400)).toBeLessThan(4.6 * Math.sqrt(12_800 / 4))
  })

  test('counts the receptive field of a convolution', () => {
    const axes = { outputAxes: [0], inputAxes: [1] }
    const numbers = sparse(0.8).sample([4, 5, 3, 2], { fanIn: 30, fanOut: 24, ...axes }, randomStream(keyOf(1)))
    for (let output = 0; output < 4; output++)
      expect(numbers.subarray(output * 30, (output + 1) * 30).filter((w) => w === 0)).toHaveLength(24)
  })

  test('counts what feeds an output of its group', () => {
    // [in, out/groups, 3] of a transposed convolution: each of the four outputs is fed by three inputs.
    const fans = { fanIn: 9, fanOut: 6, outputAxes: [1], inputAxes: [0], groups: 2 }
    const numbers = sparse(0.6).sample([6, 2, 3], fans, randomStream(keyOf(1)))
    for (const group of [0, 1])
      for (const output of [0, 1]) {
        const incoming = [0, 1, 2].flatMap((input) => {
          const start = ((group * 3 + input) * 2 + output) * 3
          return Array.from(numbers.subarray(start, start + 3))
        })
        expect(incoming.filter((w) => w === 0)).toHaveLength(6)
      }
  })

  test('says what is wrong', () => {
    expect(() => sparse(1.5)).toThrow(OptionError)
    expect(() => sparse(1.5)).toThrow("sparse: option 'sparsity' is not valid; expected number to be <=1; got 1.5")
  })
})
