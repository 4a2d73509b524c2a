// Ranges as the unit interval, for samplers: logarithms taken, and every whole number or step as wide as the next.

import type { Distribution, RandomStream } from '@gradwerk/core'
import { onGrid, stepsBetween } from './grid.ts'

type Range = Exclude<Distribution, { type: 'categorical' }>

/** The step of a range: 1 for whole numbers, none for real ones unless given. */
function stepOf({ type, step }: Range): number | undefined {
  return step ?? (type === 'int' ? 1 : undefined)
}

/** The ends of a range in the space where samplers think: half a step beyond the outermost values, in logarithms if the range is logarithmic. */
export function innerBounds(range: Range): readonly [number, number] {
  const step = stepOf(range)
  const half = step === undefined ? 0 : step / 2
  const [low, high] = [range.low - half, range.high + half]
  return range.log === true ? [Math.log(low), Math.log(high)] : [low, high]
}

/** Where a value lies in [0, 1]. */
export function toUnit(range: Range, value: number): number {
  const [low, high] = innerBounds(range)
  if (low === high) return 0.5
  return ((range.log === true ? Math.log(value) : value) - low) / (high - low)
}

/** The value at a place in [0, 1], on the grid and within the bounds. */
export function fromUnit(range: Range, unit: number): number {
  const [low, high] = innerBounds(range)
  const inner = low + Math.min(1, Math.max(0, unit)) * (high - low)
  const raw = range.log === true ? Math.exp(inner) : inner
  const step = stepOf(range)
  if (step === undefined) return Math.min(range.high, Math.max(range.low, raw))
  const last = stepsBetween(range.low, range.high, step)
  return onGrid(range.low, step, Math.min(last, Math.max(0, Math.round((raw - range.low) / step))))
}

/** Uniform in [0, 1), 53 bits. */
export function uniform53(random: RandomStream): number {
  return (random.word() * 2 ** 21 + (random.word() >>> 11)) * 2 ** -53
}

/** A value of the domain, uniform on its scale. */
export function drawUniform(distribution: Distribution, random: RandomStream): unknown {
  if (distribution.type !== 'categorical') return fromUnit(distribution, uniform53(random))
  return distribution.choices[random.integer(distribution.choices.length)]
}
