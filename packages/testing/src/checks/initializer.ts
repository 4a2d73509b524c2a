// What holds for initializers.

import { type Initializer, type InitializerFans, keyOf, randomStream, type Shape, sizeOf } from '@gradwerk/core'
import { check } from '../errors.ts'
import type { StatedDistribution } from '../statistics/distributions.ts'
import { assertDistribution, drawCount } from '../statistics/draws.ts'
import type { PluginCase } from './plugin.ts'

export interface InitializerCase extends PluginCase<Initializer> {
  readonly shape: Shape
  /** Default: fanIn and fanOut of a dense kernel [in, out] of the shape. */
  readonly fans?: InitializerFans
  /** What the numbers are drawn from: here the fan rule shows. Left out for constants and structured initializers. */
  readonly distribution?: StatedDistribution
  /** Whether another seed gives other numbers. Default: whether a distribution is stated. */
  readonly random?: boolean
  /** Anything else that holds for the numbers; throws where it does not. */
  readonly verify?: (numbers: Float32Array, shape: Shape) => void
}

function fansOfCase({ shape, fans }: InitializerCase): InitializerFans {
  return fans ?? { fanIn: shape.at(-2) ?? 1, fanOut: shape.at(-1) ?? 1 }
}

/** Draws a parameter with the given seed. */
export function sampleOf(testCase: InitializerCase, seed: number): Float32Array {
  return testCase.plugin.sample(testCase.shape, fansOfCase(testCase), randomStream(keyOf(seed)))
}

const same = (a: Float32Array, b: Float32Array) => a.length === b.length && a.every((x, i) => Object.is(x, b[i]))

/** The right count of finite numbers; the same seed gives the same ones, another seed gives others (where it is random). */
export function assertSeeding(testCase: InitializerCase): void {
  const { plugin, shape, distribution, random = distribution !== undefined } = testCase
  const who = plugin.name
  const numbers = sampleOf(testCase, 1)
  check(numbers instanceof Float32Array && numbers.length === sizeOf(shape), who, 'it does not fill the shape', {
    expected: `${sizeOf(shape)} float32 numbers`,
    got: `${numbers.length}`,
  })
  check(numbers.every(Number.isFinite), who, 'not all its numbers are finite')
  check(same(numbers, sampleOf(testCase, 1)), who, 'the same seed gives other numbers')
  check(
    same(numbers, sampleOf(testCase, 2)) !== random,
    who,
    random ? 'another seed gives the same numbers' : 'another seed gives other numbers',
  )
}

/** Mean, variance and shape of at least 256,000 draws against the stated distribution. */
export function assertDraws(testCase: InitializerCase): void {
  const { plugin, shape, distribution } = testCase
  if (distribution === undefined) return
  const size = sizeOf(shape)
  const repetitions = Math.ceil(drawCount / size)
  const draws = new Float64Array(size * repetitions)
  for (let i = 0; i < repetitions; i++) draws.set(sampleOf(testCase, 100 + i), i * size)
  assertDistribution(draws, distribution, `${plugin.name} for [${shape.join(', ')}]`)
}

/** Two initializers draw the same numbers. */
export function assertSameInitializer(testCase: InitializerCase, again: Initializer): void {
  check(
    same(sampleOf(testCase, 3), sampleOf({ ...testCase, plugin: again }, 3)),
    again.name,
    'made again from its options, it draws other numbers',
  )
}
