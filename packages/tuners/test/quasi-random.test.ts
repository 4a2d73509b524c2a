import type { Distribution, SearchSpace } from '@gradwerk/core'
import { startedTrial, suggestCall } from '@gradwerk/testing'
import { quasiRandom } from '@gradwerk/tuners'
import { expect, test } from 'vitest'

const unit: Distribution = { type: 'float', low: 0, high: 1 }
const space = (count: number): SearchSpace =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, unit]))

/** Values of a trial, asked for jointly or one by one. */
function values(number: number, seed: number, asked: SearchSpace, singly = false): unknown[] {
  const trial = startedTrial(number)
  const names = Object.keys(asked)
  if (!singly) return Object.values(quasiRandom().suggest(suggestCall(seed, trial, [], asked)))
  return names.map((name, i) => {
    const distributions = Object.fromEntries(names.slice(0, i).map((before) => [before, unit]))
    const call = suggestCall(seed, { ...trial, distributions }, [], { [name]: unit }, name)
    return quasiRandom().suggest(call)[name]
  })
}

test('every axis has one trial of 64 in each of 64 cells, for every seed', () => {
  for (const seed of [1, 2, 3]) {
    const points = Array.from({ length: 64 }, (_, number) => values(number, seed, space(20)))
    for (let axis = 0; axis < 20; axis++)
      expect(new Set(points.map((point) => Math.floor(64 * Number(point[axis])))).size).toBe(64)
  }
})

test('choices come equally often', () => {
  const choice: Distribution = { type: 'categorical', choices: ['a', 'b', 'c', 'd'] }
  const drawn = Array.from({ length: 32 }, (_, number) => values(number, 4, { choice })[0])
  for (const one of choice.choices) expect(drawn.filter((value) => value === one)).toHaveLength(8)
})

test('parameters asked for one by one are those of the same point', () => {
  expect(values(5, 1, space(4), true)).toEqual(values(5, 1, space(4)))
})

test('parameters keep their axes when others come first in a later call', () => {
  const { x0, x1 } = space(2)
  const met = { ...startedTrial(0), parameters: { x0: 0, x1: 0 }, distributions: { x0: unit, x1: unit } }
  const call = suggestCall(1, startedTrial(1), [met], { extra: unit, x1: x1 ?? unit, x0: x0 ?? unit })
  const [first, second] = values(1, 1, space(2))
  expect(quasiRandom().suggest(call)).toMatchObject({ x0: first, x1: second })
})

test('beyond the last axis parameters are random, and apart', () => {
  const drawn = values(3, 1, space(70)).slice(64)
  expect(new Set(drawn).size).toBe(6)
})
