import {
  evaluate,
  initializeModel,
  input,
  keyOf,
  type Layer,
  numbers,
  type Parametrization,
  traceModel,
  type Value,
} from '@gradwerk/core'
import { spectralNorm, weightNorm } from '@gradwerk/normalization'
import { outputRows, type ParametrizedWeight, parametrizationSuite, singularValues } from '@gradwerk/testing'
import { expect, test } from 'vitest'
import { everywhere } from '../src/default-initializer.ts'

const within = (a: number, b: number, tolerance: number) => Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b))

/** ‖w‖ = |g| for every unit. */
function lengthsHold({ weight, parts, outputAxes }: ParametrizedWeight): boolean {
  const lengths = numbers(parts['length'] as Value)
  return outputRows(weight, outputAxes).every((row, unit) =>
    within(Math.hypot(...row), Math.abs(lengths[unit] as number), 1e-6),
  )
}

parametrizationSuite(weightNorm, [
  { plugin: weightNorm(), holds: lengthsHold },
  { plugin: weightNorm(), title: 'of a convolution', shape: [3, 2, 2, 2], holds: lengthsHold },
  { plugin: weightNorm(), title: 'of one output', shape: [5, 1], holds: lengthsHold },
  { plugin: weightNorm(), title: 'over an axis between', shape: [2, 3, 4], outputAxes: [1], holds: lengthsHold },
])

/** The largest singular value is 1: never below, as σ is never above the raw one, and above by what a step turns the weight. */
function stretchesByOne({ weight, outputAxes }: ParametrizedWeight): boolean {
  const largest = singularValues(outputRows(weight, outputAxes))[0] as number
  return largest > 1 - 1e-6 && largest < 1 + 1e-5
}

parametrizationSuite(spectralNorm, [
  { plugin: spectralNorm(), startsAtDraw: false, steps: 60, holds: stretchesByOne },
  {
    plugin: spectralNorm({ iterations: 5 }),
    title: 'of a convolution, five iterations',
    shape: [4, 2, 3, 3],
    startsAtDraw: false,
    holds: stretchesByOne,
  },
  {
    plugin: spectralNorm({ iterations: 2, epsilon: 1e-10 }),
    title: 'over an axis between',
    shape: [2, 3, 4],
    outputAxes: [1],
    startsAtDraw: false,
    holds: stretchesByOne,
  },
])

test('the singular values of a matrix that has them by construction', () => {
  const [c, s] = [Math.cos(0.3), Math.sin(0.3)]
  const values = singularValues([
    [3 * c, -1 * s, 0],
    [3 * s, 1 * c, 0],
  ])
  expect(values[0]).toBeCloseTo(3, 9)
  expect(values[1]).toBeCloseTo(1, 9)
})

/** Starts with a kernel [2, 3] of one number. */
const constantKernel = (number: 0 | 1, parametrization: Parametrization): Layer => ({
  kind: 'layer',
  name: 'constantKernel',
  options: {},
  apply: (_, context) =>
    context.parameter('kernel', {
      shape: [2, 3],
      role: 'kernel',
      initializer: everywhere(number),
      outputAxes: [1],
      inputAxes: [0],
      parametrization,
    }),
})

test('a weight that starts at 0 has no direction', () => {
  expect(() => initializeModel(traceModel(constantKernel(0, weightNorm()), input('x', [1])), keyOf(0))).toThrow(
    "weightNorm: the first numbers of 'kernel' are 0 for a whole output",
  )
})

test('power iteration starts where it has settled: by hand, and at 0 without failing', () => {
  const first = (number: 0 | 1) => {
    const trace = traceModel(constantKernel(number, spectralNorm()), input('x', [1]))
    const { parameters, state } = initializeModel(trace, keyOf(0))
    const [weight] = evaluate([trace.output], { ...parameters, ...state }) as [Value]
    return { weight: Array.from(numbers(weight)), u: Array.from(numbers(state['kernel.u'] as Value), Math.abs) }
  }
  // Ones [2, 3] have one singular value that is not 0, √6, and its direction is that of (1, 1, 1).
  for (const w of first(1).weight) expect(w).toBeCloseTo(1 / Math.sqrt(6), 6)
  for (const part of first(1).u) expect(part).toBeCloseTo(1 / Math.sqrt(3), 6)
  expect(first(0).weight).toEqual([0, 0, 0, 0, 0, 0])
})
