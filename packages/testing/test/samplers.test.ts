// The sampler suite on a right sampler, and what its checks refuse.

import { type Distribution, OptionError, type Sampler, type SuggestCall } from '@gradwerk/core'
import * as testing from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

function valueAt(distribution: Distribution, unit: number): unknown {
  if (distribution.type === 'categorical') return distribution.choices[Math.floor(unit * distribution.choices.length)]
  const { type, low, high, log = false, step = type === 'int' ? 1 : 0 } = distribution
  const value = log ? low * (high / low) ** unit : low + unit * (high - low)
  return step === 0 ? value : Math.min(high, low + step * Math.round((value - low) / step))
}

type Suggest = Sampler['suggest']

function sampler(suggest: Suggest): Sampler {
  return { kind: 'sampler', name: 'sampler', options: {}, suggest }
}

/** Something for every parameter of a call. */
function each(call: SuggestCall, f: (distribution: Distribution, name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(call.space).map(([name, distribution]) => [name, f(distribution, name)]))
}

const uniform: Suggest = (call) =>
  each(call, (distribution, name) => valueAt(distribution, call.random.child(name).uniform()))

function drawn(options: object = {}): Sampler {
  for (const name of Object.keys(options)) throw new OptionError({ who: 'drawn', problem: `unknown option '${name}'` })
  return { ...sampler(uniform), name: 'drawn' }
}

testing.samplerSuite(drawn, [{ plugin: drawn(), learns: false }])

/** Expects a check to fail, and to say so. */
function refused(check: () => void, message: string): void {
  expect(check).toThrow(testing.CheckError)
  expect(check).toThrow(message)
}

describe('it refuses samplers', () => {
  test('that leave the domain, by bounds, steps or choices', () => {
    const change = (kind: Distribution['type'], f: (value: unknown, step: number) => unknown) =>
      sampler((call) =>
        each(call, (distribution, name) => {
          const value = uniform(call)[name]
          if (distribution.type !== kind) return value
          return f(value, distribution.type === 'categorical' ? 0 : (distribution.step ?? 0))
        }),
      )
    const off = 'is not in its domain'
    refused(() => testing.assertSuggestions({ plugin: change('float', (x) => Number(x) + 3) }), off)
    refused(() => testing.assertSuggestions({ plugin: change('float', (x, step) => Number(x) + step / 3) }), off)
    refused(() => testing.assertSuggestions({ plugin: change('int', (x) => Number(x) + 0.5) }), off)
    refused(() => testing.assertSuggestions({ plugin: change('categorical', () => 'unknown') }), off)
  })

  test('that suggest what nobody asked for, or leave out the only parameter', () => {
    const more = sampler((call) => ({ ...uniform(call), extra: 1 }))
    refused(() => testing.assertSuggestions({ plugin: more }), "'extra', which nobody asked for")
    refused(() => testing.assertSuggestions({ plugin: sampler(() => ({})) }), 'did not suggest it')
  })

  test('that take a logarithmic range for a linear one', () => {
    const linear = sampler((call) =>
      each(call, (distribution) => valueAt({ ...distribution, log: false } as Distribution, call.random.uniform())),
    )
    refused(() => testing.assertLogScale({ plugin: linear }), 'hardly anything below 1e-3')
  })

  test('that remember calls, change them or forget the seed', () => {
    let calls = 0
    const counting = sampler((call) => each(call, (distribution) => valueAt(distribution, (calls++ % 97) / 97)))
    refused(() => testing.assertPureSampler({ plugin: counting }), 'the same call gives another suggestion')
    refused(() => testing.assertSeededSearch({ plugin: counting }), 'the same seed gives another search')
    const fixed = sampler((call) => each(call, (distribution) => valueAt(distribution, 0.3)))
    refused(() => testing.assertSeededSearch({ plugin: fixed }), 'another seed gives the same search')
    const writing = sampler((call) => {
      Object.assign(call.study.trials[0]?.parameters ?? {}, { written: calls++ })
      return uniform(call)
    })
    refused(() => testing.assertPureSampler({ plugin: writing }), 'it changes its call')
  })

  test('that trust what trials hold', () => {
    const copying = sampler((call) => {
      const last = call.study.trials.findLast(({ parameters }) => 'float' in parameters)
      return last === undefined ? uniform(call) : { ...uniform(call), float: last.parameters['float'] }
    })
    refused(() => testing.assertStrangeTrials({ plugin: copying }), "the suggestion for 'float' is not in its domain")
  })

  test('that search worse than at random, or learn nothing where they should', () => {
    const [bowl] = testing.objectives
    if (bowl === undefined) throw new Error('no objective')
    const corner = sampler((call) => each(call, (distribution) => valueAt(distribution, 0.1 * call.random.uniform())))
    refused(() => testing.assertSearches({ plugin: corner, learns: false }, bowl), "'bowl' end too high")
    refused(() => testing.assertSearches({ plugin: sampler(uniform) }, bowl), 'less than -2 standard deviations')
  })
})

test('the rank sum of a sample that lies wholly below another', () => {
  // U = 0 of 12 pairs: z = −6 / √(12 · 8 / 12) = −6 / √8.
  expect(testing.rankSum([1, 2, 3], [4, 5, 6, 7])).toBeCloseTo(-6 / Math.sqrt(8), 12)
  expect(testing.rankSum([1, 2], [1, 2])).toBe(0)
})
