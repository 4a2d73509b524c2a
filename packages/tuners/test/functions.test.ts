// The functions that samplers are compared on, at the points that came with the figures of Optuna.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { problems } from '../bench/functions.ts'

interface Point {
  readonly x?: readonly number[]
  readonly params?: Readonly<Record<string, unknown>>
  readonly f: number
}

const { testPoints }: { testPoints: Record<string, Point[]> } = JSON.parse(
  readFileSync(new URL('./golden/optuna-baseline.json', import.meta.url), 'utf8'),
)

test.each(Object.entries(testPoints))('%s has the stated values', (name, points) => {
  const problem = problems.find((one) => one.name === name)
  for (const { x, params, f } of points) {
    const parameters = params ?? Object.fromEntries((x ?? []).map((xi, i) => [`x${i + 1}`, xi]))
    const value = problem?.evaluate((parameter) => parameters[parameter]) ?? Number.NaN
    expect(Math.abs(value / f - 1)).toBeLessThan(1e-12)
  }
})

const minima: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  branin: { x1: Math.PI, x2: 2.275 },
  styblinskiTang4: Object.fromEntries([1, 2, 3, 4].map((i) => [`x${i}`, -2.903534027771177])),
  camel: { x1: 0.0898420131, x2: -0.712656403 },
  whole: { units1: 24, units2: 96, units3: 48, units4: 12, depth: 5, rate: 0.3 },
  categories: { choice0: 'a', choice1: 'c', choice2: 'e', choice3: 'a', choice4: 'c', choice5: 'e', scale: 0.1 },
}

test.each(Object.entries(minima))('the minimum of %s is where it is said to be', (name, parameters) => {
  const problem = problems.find((one) => one.name === name)
  expect(problem?.evaluate((parameter) => parameters[parameter])).toBeCloseTo(problem?.minimum ?? Number.NaN, 8)
})
