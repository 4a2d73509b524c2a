import { initializeModel, input, keyOf, type Layer, numbers, traceModel, type Value } from '@gradwerk/core'
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

/** The largest singular value is never below 1, as σ is never above the raw one; and 1 once the iteration has caught up. */
const stretches =
  (from: number, tolerance: number) =>
  ({ weight, outputAxes, step }: ParametrizedWeight): boolean => {
    const largest = singularValues(outputRows(weight, outputAxes))[0] as number
    return largest > 1 - 1e-5 && (step < from || largest < 1 + tolerance)
  }

parametrizationSuite(spectralNorm, [
  { plugin: spectralNorm(), startsAtDraw: false, steps: 60, holds: stretches(40, 0.02) },
  {
    plugin: spectralNorm({ iterations: 5 }),
    title: 'of a convolution, five iterations',
    shape: [4, 2, 3, 3],
    startsAtDraw: false,
    steps: 30,
    holds: stretches(15, 0.01),
  },
  {
    plugin: spectralNorm({ iterations: 2, epsilon: 1e-10 }),
    title: 'over an axis between',
    shape: [2, 3, 4],
    outputAxes: [1],
    startsAtDraw: false,
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

test('a weight that starts at 0 has no direction', () => {
  const layer: Layer = {
    kind: 'layer',
    name: 'zero',
    options: {},
    apply: (_, context) =>
      context.parameter('kernel', {
        shape: [2, 3],
        role: 'kernel',
        initializer: everywhere(0),
        outputAxes: [1],
        inputAxes: [0],
        parametrization: weightNorm(),
      }),
  }
  expect(() => initializeModel(traceModel(layer, input('x', [1])), keyOf(0))).toThrow(
    "weightNorm: the first numbers of 'kernel' are 0 for a whole output",
  )
})
