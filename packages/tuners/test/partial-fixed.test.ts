import type { Sampler, SuggestCall } from '@gradwerk/core'
import { startedTrial, suggestCall } from '@gradwerk/testing'
import { partialFixed, random } from '@gradwerk/tuners'
import { expect, test } from 'vitest'

const space = { x: { type: 'float', low: 0, high: 1 }, y: { type: 'int', low: 1, high: 9 } } as const

test('what is held is part of the trial for the other sampler', () => {
  const calls: SuggestCall[] = []
  const spy: Sampler = { ...random(), suggest: (call) => ({ x: calls.push(call) / 2 }) }
  const suggest = partialFixed(spy, { y: 4, other: 1 }).suggest
  expect(suggest(suggestCall(1, startedTrial(0), [], space))).toEqual({ x: 0.5, y: 4 })
  expect(calls[0]?.space).toEqual({ x: space.x })
  expect(calls[0]?.trial).toMatchObject({ parameters: { y: 4 }, distributions: { y: space.y } })
  expect(suggest(suggestCall(1, startedTrial(0), [], { y: space.y }))).toEqual({ y: 4 })
  expect(calls).toHaveLength(1)
})

test('a value outside of the domain is refused', () => {
  const { suggest } = partialFixed({ sampler: random(), values: { y: 4.5 } })
  expect(() => suggest(suggestCall(1, startedTrial(0), [], space))).toThrow("the value of 'y' is outside its domain")
})
