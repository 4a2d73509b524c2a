// Triangle waves (Smith 2017), of constant, halved or shrinking height.

import { parseOptions, type Schedule } from '@gradwerk/core'
import { z } from 'zod'
import { type Span, spanSchema, stepsOf } from '../span.ts'
import { numberOption } from './ending.ts'

export interface CyclicOptions {
  /** The lowest value, where every cycle begins. */
  readonly low: number
  /** The highest value. */
  readonly high: number
  /** Steps from low to high, ≥ 1, or a fraction of the run. */
  readonly up: Span
  /** Steps from high to low. Default: as many as up. */
  readonly down?: Span | undefined
}

export interface CyclicShrinkingOptions extends CyclicOptions {
  /** What the height is multiplied with in each step, in (0, 1]. */
  readonly factor: number
}

const schema = z.strictObject({
  low: numberOption('The lowest value, where every cycle begins.'),
  high: numberOption('The highest value.'),
  up: spanSchema('Steps from low to high, or a fraction of the run.'),
  down: spanSchema('Steps from high to low, or a fraction of the run; as many as up by default.').optional(),
})

const shrinkingSchema = schema.extend({
  factor: z.number().positive().max(1).meta({ description: 'What the height is multiplied with in each step.' }),
})

/** A wave whose height is multiplied by `scale`. */
function wave(
  { low, high, up, down = up }: CyclicOptions,
  scale: (cycle: number, step: number) => number,
): Schedule['at'] {
  return (step, total) => {
    const [rising, falling] = [stepsOf(up, total), stepsOf(down, total)]
    const length = rising + falling
    const since = step % length
    const part = since <= rising ? since / rising : (length - since) / falling
    return low + (high - low) * part * scale(Math.floor(step / length), step)
  }
}

/**
 * A triangle wave between two values: `low + (high − low) · w(step)`, with w rising from 0 to 1 in `up` steps and falling in `down` steps.
 *
 * Throws an OptionError for a length that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1).
 *
 * ```ts
 * cyclic({ low: 1e-3, high: 6e-3, up: 2000 })
 * ```
 *
 * Smith, "Cyclical learning rates for training neural networks", WACV 2017, the policy "triangular".
 */
export function cyclic(given: CyclicOptions): Schedule {
  const options = parseOptions('cyclic', schema, given)
  return { kind: 'schedule', name: 'cyclic', options, at: wave(options, () => 1) }
}

/**
 * As `cyclic`, each cycle half as high as the one before: the height is multiplied by 2^−⌊step / (up + down)⌋. Smith 2017, "triangular2".
 *
 * ```ts
 * cyclicHalving({ low: 1e-3, high: 6e-3, up: 0.1 })
 * ```
 */
export function cyclicHalving(given: CyclicOptions): Schedule {
  const options = parseOptions('cyclicHalving', schema, given)
  return { kind: 'schedule', name: 'cyclicHalving', options, at: wave(options, (cycle) => 0.5 ** cycle) }
}

/**
 * As `cyclic`, with a height that shrinks in every step: it is multiplied by factor^step. Smith 2017, "exp_range".
 *
 * ```ts
 * cyclicShrinking({ low: 1e-3, high: 6e-3, up: 2000, factor: 0.9999 })
 * ```
 */
export function cyclicShrinking(given: CyclicShrinkingOptions): Schedule {
  const options = parseOptions('cyclicShrinking', shrinkingSchema, given)
  const at = wave(options, (_, step) => options.factor ** step)
  return { kind: 'schedule', name: 'cyclicShrinking', options, at }
}
