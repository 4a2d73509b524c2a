// Made-up houses: living area, rooms, and the price they sold for.

import { type Dataset, keyOf, randomStream } from '@gradwerk/core'
import { madeUp } from '../shared/linear-model.ts'
import { mean } from '../shared/statistics.ts'

export interface House {
  /** Living area in m². */
  readonly area: number
  readonly rooms: number
  /** In thousands. */
  readonly price: number
}

/**
 * Large houses have more rooms, but not exactly: rooms = area / 28 + noise, rounded. A square metre adds 2.4 thousand to the price, a room 9,
 * and what nobody wrote down has a standard deviation of 45.
 */
export function houses(count = 60): House[] {
  const random = randomStream(keyOf(1))
  return Array.from({ length: count }, () => {
    const area = Math.round(60 + 160 * random.uniform())
    const rooms = Math.max(1, Math.round(area / 28 + 0.9 * random.normal()))
    return { area, rooms, price: Math.round(40 + 2.4 * area + 9 * rooms + 45 * random.normal()) }
  })
}

export const features = ['area', 'rooms'] as const

export interface Scale {
  readonly mean: number
  readonly deviation: number
}

/** Mean and (biased) standard deviation. */
export function scaleOf(numbers: readonly number[]): Scale {
  const center = mean(numbers)
  return { mean: center, deviation: Math.sqrt(mean(numbers.map((x) => (x - center) ** 2))) }
}

/** Features with mean 0 and deviation 1, targets in hundreds of thousands. */
export function standardized(of: readonly House[]): Dataset {
  const columns = features.map((feature) => of.map((house) => house[feature]))
  const scales = columns.map(scaleOf)
  const inputs = of.map((house) =>
    features.map((feature, i) => (house[feature] - (scales[i]?.mean ?? 0)) / (scales[i]?.deviation ?? 1)),
  )
  return madeUp(
    'houses',
    inputs,
    of.map(({ price }) => [price / 100]),
  )
}
