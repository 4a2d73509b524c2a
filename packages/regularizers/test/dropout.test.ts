import {
  constant,
  evaluate,
  gradients,
  type Hyperparameter,
  input,
  type Layer,
  OptionError,
  type Schedule,
  sum,
  type Tensor,
  topological,
  traceModel,
  type Value,
  valueAt,
  valueOf,
} from '@gradwerk/core'
import * as regularizers from '@gradwerk/regularizers'
import { dropout } from '@gradwerk/regularizers'
import { layerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

function rising({ slope }: { slope: number }): Schedule {
  return { kind: 'schedule', name: 'rising', options: { slope }, at: (step) => slope * step }
}

const shape = { input: [64], output: [64], parameters: 0 }
layerSuite(
  dropout,
  [
    { plugin: dropout(0.5), ...shape, differsInTraining: true },
    { plugin: dropout(0.2), input: [3, 4, 4], output: [3, 4, 4], parameters: 0, differsInTraining: true },
    { plugin: dropout(0), ...shape, differsInTraining: false },
    { plugin: dropout(rising({ slope: 0.1 })), ...shape },
  ],
  { registries: [regularizers, { rising }] },
)

const at = (value: Hyperparameter, step: number): Value => valueOf('float32', [], [valueAt(value, step, 10)])

interface Trained {
  readonly y: number[]
  readonly gradient: number[]
}

/** Output and gradient of Σ y in training, for inputs that are all 1. */
function trained(layer: Layer, length: number, key: readonly [number, number], step = 0): Trained {
  const x = input('x', [length])
  const trace = traceModel(layer, x, { stochastic: true, key: constant(valueOf('uint32', [2], key)) })
  const feeds = [...trace.hyperparameters.all].map(([name, { value }]) => [name, at(value, step)])
  const [gradient] = gradients(sum(trace.output), [x])
  const ones = valueOf('float32', [length], new Float32Array(length).fill(1))
  const found = evaluate([trace.output, gradient as Tensor], { x: ones, ...Object.fromEntries(feeds) })
  const [y = [], slope = []] = found.map(({ data }) => Array.from(data, Number))
  return { y, gradient: slope }
}

describe('in training', () => {
  const size = 256_000

  test.each([0.1, 0.5, 0.9])('drops with probability %d and keeps the mean', (p) => {
    const { y } = trained(dropout(p), size, [1, 2])
    const kept = y.filter((each) => each !== 0)
    // Five standard deviations of a binomial share.
    const noise = 5 * Math.sqrt((p * (1 - p)) / size)
    expect(Math.abs(kept.length / size - (1 - p))).toBeLessThan(noise)
    expect(Math.abs(y.reduce((total, each) => total + each, 0) / size - 1)).toBeLessThan(noise / (1 - p))
    expect(new Set(kept).size).toBe(1)
    expect(Number(kept[0]) * (1 - p)).toBeCloseTo(1, 3)
  })

  test('the scale belongs to the probability that masks really have', () => {
    // 0.1 lies between multiples of 2⁻¹⁶; the expected output is exactly the input all the same.
    const [scale] = trained(dropout(0.1), 64, [1, 2]).y.filter((each) => each !== 0)
    expect(scale).toBe(Math.fround(65536 / Math.round(0.9 * 65536)))
  })

  test('the gradient passes where the output does, equally scaled', () => {
    const { y, gradient } = trained(dropout(0.3), 1000, [3, 4])
    expect(gradient).toEqual(y)
  })

  test('the same key drops the same elements, another key others', () => {
    expect(trained(dropout(0.5), 256, [5, 6])).toEqual(trained(dropout(0.5), 256, [5, 6]))
    expect(trained(dropout(0.5), 256, [5, 6])).not.toEqual(trained(dropout(0.5), 256, [5, 7]))
  })

  test('two dropouts in one layer drop different elements', () => {
    const twice: Layer = {
      kind: 'layer',
      name: 'twice',
      options: {},
      apply: (x, context) => context.child('second', dropout(0.5), context.child('first', dropout(0.5), x)),
    }
    const dropped = trained(twice, 4096, [1, 1]).y.filter((each) => each === 0).length
    expect(Math.abs(dropped / 4096 - 0.75)).toBeLessThan(0.04)
  })

  test('the probability follows its schedule', () => {
    const dropped = (step: number) =>
      trained(dropout(rising({ slope: 0.3 })), 4096, [1, 1], step).y.filter((each) => each === 0).length
    expect(dropped(0)).toBe(0)
    expect(Math.abs(dropped(2) / 4096 - 0.6)).toBeLessThan(0.04)
  })

  test('a probability that no mask can have still gives finite numbers', () => {
    expect(trained(dropout(1 - 1e-9), 1000, [1, 1]).y.every(Number.isFinite)).toBe(true)
  })

  test('layers of different probability are one program', () => {
    const structure = (p: number) => {
      const { output } = traceModel(dropout(p), input('x', [8, 4]), {
        stochastic: true,
        key: input('key', [2], 'uint32'),
      })
      return topological([output]).map(({ op }) => [op.name, op.attributes])
    }
    expect(structure(0.2)).toEqual(structure(0.7))
  })
})

test('in evaluation it is the identity itself', () => {
  const x = input('x', [-1, 4])
  expect(traceModel(dropout(0.5), x).output).toBe(x)
})

test.each([-0.1, 1, 1.5, Number.NaN])('a drop probability of %d is refused', (p) => {
  expect(() => dropout(p)).toThrow(OptionError)
})
