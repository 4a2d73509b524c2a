// The suite of parametrizations, on one that is right and on ones that are not.

import {
  add,
  cast,
  exp,
  floor,
  mul,
  numbers,
  OptionError,
  type ParameterSpec,
  type Parametrization,
  reshape,
  sum,
} from '@gradwerk/core'
import * as testing from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

/** Weights that cannot be negative: w = eᵛ · factor. */
function positive({ factor = 1, ...unknown }: { factor?: number } = {}): Parametrization {
  for (const name of Object.keys(unknown))
    throw new OptionError({ who: 'positive', problem: `unknown option '${name}'` })
  return {
    kind: 'parametrization',
    name: 'positive',
    options: { factor },
    apply: (name, spec, context) => mul(exp(context.parameter(`${name}.logarithm`, spec)), factor),
  }
}

const isPositive = ({ weight }: testing.ParametrizedWeight) => testing.doubles(weight).every((w) => w > 0)

testing.parametrizationSuite(positive, [
  { plugin: positive(), startsAtDraw: false, holds: isPositive },
  { plugin: positive({ factor: 2 }), shape: [3, 2, 2, 2], startsAtDraw: false, holds: isPositive },
])

describe('parametrizations are refused', () => {
  const right: testing.ParametrizationCase = { plugin: positive(), startsAtDraw: false, holds: isPositive }
  const wrong = (apply: Parametrization['apply']): testing.ParametrizationCase => ({
    ...right,
    plugin: { ...right.plugin, apply },
  })
  const plain = (spec: ParameterSpec) => ({ ...spec, fromDraw: numbers })

  test('that change the shape, hide their parts or train nothing', () => {
    expect(() =>
      testing.assertParametrizes(
        wrong((name, spec, context) => reshape(context.parameter(`${name}.raw`, spec), [3, 4])),
      ),
    ).toThrow('the weight has another shape')
    expect(() => testing.assertParametrizes(wrong((_, spec, context) => context.parameter('raw', spec)))).toThrow(
      'a part of the weight is not named after it',
    )
    expect(() =>
      testing.assertParametrizes(
        wrong((name, { shape }, context) => context.state(`${name}.fixed`, { shape, initial: 1 })),
      ),
    ).toThrow('nothing is trained behind the weight')
  })

  test('that start elsewhere than at the draw', () => {
    const shifted = wrong((name, spec, context) => add(context.parameter(`${name}.raw`, plain(spec)), 1e-3))
    expect(() => testing.assertStartsAtDraw(shifted)).toThrow('the first weight of positive')
    testing.assertStartsAtDraw(wrong((name, spec, context) => context.parameter(`${name}.raw`, plain(spec))))
  })

  test('whose gradient is none', () => {
    const steps = wrong((name, spec, context) => {
      const raw = context.parameter(`${name}.raw`, spec)
      return add(raw, mul(cast(floor(mul(raw, 1000)), raw.dtype), 0.001))
    })
    expect(() => testing.assertParametrizationGradient(steps)).toThrow('positive in training mode')
  })

  test('that lose their property', () => {
    const free = wrong((name, spec, context) => add(context.parameter(`${name}.raw`, spec), 2))
    expect(() => testing.assertPropertyHolds({ ...free, steps: 600 })).toThrow('its property is lost')
  })

  test('that are other ones when made again', () => {
    expect(() => testing.assertSameParametrization(right, positive({ factor: 3 }))).toThrow('made again')
    const counting = wrong((name, spec, context) => {
      const seen = context.state(`${name}.seen`, { shape: [], initial: 0 })
      if (context.batchStatistics) context.setState(`${name}.seen`, add(seen, 1))
      return add(context.parameter(`${name}.raw`, spec), mul(sum(seen), 0))
    })
    testing.assertSameParametrization(counting, counting.plugin)
  })
})
