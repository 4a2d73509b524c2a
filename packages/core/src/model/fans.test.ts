import { describe, expect, test } from 'vitest'
import { conv2d, convInputGradient } from '../ops/convolution.ts'
import { evaluate } from '../reference/evaluate.ts'
import { constant, input } from '../tensor/tensor.ts'
import { filled } from '../tensor/value.ts'
import { fansOf } from './initialize.ts'

describe('fansOf', () => {
  test.each([
    ['dense', { shape: [3, 5], outputAxes: [1], inputAxes: [0] }, [3, 5]],
    ['convolution', { shape: [8, 4, 3, 3], outputAxes: [0], inputAxes: [1] }, [36, 72]],
    ['grouped', { shape: [8, 2, 3, 3], outputAxes: [0], inputAxes: [1], groups: 2 }, [18, 36]],
    ['depthwise', { shape: [12, 1, 3, 5], outputAxes: [0], inputAxes: [1], groups: 4 }, [15, 45]],
    ['transposed', { shape: [8, 4, 3, 3], outputAxes: [1], inputAxes: [0] }, [72, 36]],
    ['transposed and grouped', { shape: [8, 2, 3, 3], outputAxes: [1], inputAxes: [0], groups: 2 }, [36, 18]],
  ] as const)('%s', (_, kernel, [fanIn, fanOut]) => {
    expect(fansOf(kernel)).toEqual({ fanIn, fanOut })
  })

  // The cases `fan_…` of the vectors recorded with PyTorch 1.13; the last is the shape of a grouped kernel, without its groups.
  test.each([
    [[16, 64], 64, 16],
    [[48, 6], 6, 48],
    [[1, 10], 10, 1],
    [[6, 4, 5], 20, 30],
    [[8, 3, 3, 5], 45, 120],
    [[12, 7, 1, 1], 7, 12],
    [[12, 1, 3, 3], 9, 108],
  ])('the shape %j [out, in, …], as PyTorch', (shape, fanIn, fanOut) => {
    expect(fansOf({ shape, outputAxes: [0], inputAxes: [1] })).toEqual({ fanIn, fanOut })
  })

  test.each([
    [1, 6, 2],
    [2, 4, 2],
    [3, 1, 2],
  ])('are the taps that meet one output and one input: %i groups', (groups, perGroup, filtersPerGroup) => {
    const padding = [1, 1, 1, 1] as const
    const x = input('x', [1, groups * perGroup, 5, 5])
    const kernel = constant(filled('float32', [groups * filtersPerGroup, perGroup, 3, 3], 1))
    const y = conv2d(x, kernel, { groups, padding })
    const cotangent = input('y', y.shape)
    const back = convInputGradient(cotangent, kernel, x.shape, { groups, padding })
    const feeds = { x: filled('float32', x.shape, 1), y: filled('float32', y.shape, 1) }
    const middle = 2 * 5 + 2
    const [met, fed] = evaluate([y, back], feeds).map(({ data }) => data[middle])
    expect(fansOf({ shape: kernel.shape, outputAxes: [0], inputAxes: [1], groups })).toEqual({
      fanIn: met,
      fanOut: fed,
    })
    // The transposed convolution reads the same kernel the other way round.
    expect(fansOf({ shape: kernel.shape, outputAxes: [1], inputAxes: [0], groups })).toEqual({
      fanIn: fed,
      fanOut: met,
    })
  })
})
