// One cycle: up and down again within a run, and the momentum against it (Smith & Topin 2018).

import { parseOptions, type Schedule, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { stepsOf } from '../span.ts'
import { alongCosine, between, type OverOption, overSchema } from './ending.ts'

interface CycleOptions extends OverOption {
  /** Part of the cycle in which the learning rate rises, in (0, 1), with 3 phases below 0.5. Default 0.3. */
  readonly rise?: number
  /** 2: up, then down to the end; 3: up, down to where it began, then down to the end. Default 2. */
  readonly phases?: 2 | 3
  /** The way from one value to the next. Default 'cosine'. */
  readonly anneal?: 'cosine' | 'linear'
}

export interface OneCycleOptions extends CycleOptions {
  /** The largest value. */
  readonly peak: number
  /** It begins at peak / startDivisor. Default 25. */
  readonly startDivisor?: number
  /** It ends at peak / startDivisor / endDivisor. Default 10000. */
  readonly endDivisor?: number
}

export interface OneCycleMomentumOptions extends CycleOptions {
  /** The value at the beginning and the end, in [0, 1). Default 0.95. */
  readonly high?: number
  /** The value where the learning rate is at its peak, in [0, 1). Default 0.85. */
  readonly low?: number
}

const cycleShape = {
  rise: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.3)
    .meta({ description: 'Part of the cycle in which the learning rate rises.' }),
  phases: z
    .union([z.literal(2), z.literal(3)], { error: '2 or 3' })
    .default(2)
    .meta({ description: '2: up, then down to the end; 3: with a stop where it began.' }),
  anneal: z.enum(['cosine', 'linear']).default('cosine').meta({ description: 'The way from one value to the next.' }),
  over: overSchema,
}

const threePhasesFit = ({ rise, phases }: { readonly rise: number; readonly phases: 2 | 3 }) =>
  phases === 2 || rise < 0.5
const misfit = { path: ['rise'], error: 'a number below 0.5 with 3 phases' }

const divisor = z.number().positive()
const rateSchema = z
  .strictObject({
    peak: z.number().meta({
      description: 'The largest value.',
      search: { type: 'float', low: 1e-4, high: 1, log: true },
    }),
    startDivisor: divisor.default(25).meta({ description: 'It begins at the peak divided by this, > 0.' }),
    endDivisor: divisor.default(1e4).meta({ description: 'It ends at the start divided by this, > 0.' }),
    ...cycleShape,
  })
  .refine(threePhasesFit, misfit)

const fraction = z.number().nonnegative().lt(1)
const momentumSchema = z
  .strictObject({
    high: fraction.default(0.95).meta({ description: 'The momentum at the beginning and the end, in [0, 1).' }),
    low: fraction.default(0.85).meta({ description: 'The momentum at the peak of the learning rate, in [0, 1).' }),
    ...cycleShape,
  })
  .refine(threePhasesFit, misfit)

/** The value at a step of a cycle through `start`, `peak`, (`start`) and `end`. */
function cycle(
  { rise, phases, anneal, over }: Required<Omit<CycleOptions, 'over'>> & OverOption,
  [start, peak, end]: readonly [number, number, number],
): Schedule['at'] {
  const along = anneal === 'cosine' ? alongCosine : between
  return (step, total) => {
    const steps = stepsOf(over ?? total, total)
    const [top, last] = [rise * steps - 1, steps - 1]
    // Where a phase ends, and where its value goes.
    const ends =
      phases === 2
        ? [[top, peak]]
        : [
            [top, peak],
            [2 * rise * steps - 2, start],
          ]
    let [since, value] = [0, start]
    for (const [until, goal] of [...ends, [last, end]] as [number, number][]) {
      if (step <= until) return along(value, goal, until === since ? 1 : (step - since) / (until - since))
      if (until > since) since = until
      value = goal
    }
    return end
  }
}

/**
 * One cycle of a learning rate over the run: from `peak / startDivisor` up to `peak`, then down to `peak / startDivisor / endDivisor`.
 *
 * With T = `over`, the peak is at step `rise · T − 1` and the end at step `T − 1`; with 3 phases the start's value comes again at step
 * `2 · rise · T − 2`. In between half a cosine wave, or a straight line. After the end the last value stays.
 *
 * Throws an OptionError for a rise outside (0, 1) (3 phases: 0.5), a divisor ≤ 0, or an unknown way.
 *
 * ```ts
 * sgd({ learningRate: oneCycle(0.5), momentum: oneCycleMomentum() })
 * ```
 *
 * Smith & Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018, with PyTorch's options.
 */
export function oneCycle(given: number | OneCycleOptions): Schedule {
  const options = parseOptions('oneCycle', rateSchema, withMainOption('peak', given))
  const start = options.peak / options.startDivisor
  const at = cycle(options, [start, options.peak, start / options.endDivisor])
  return { kind: 'schedule', name: 'oneCycle', options, at }
}

/**
 * The momentum that goes with `oneCycle`: from `high` down to `low` where the learning rate peaks, and back up. With 3 phases it is back
 * where the second one ends. Give it the same `rise`, `phases`, `anneal` and `over`. Errors as for `oneCycle`.
 *
 * ```ts
 * oneCycleMomentum({ high: 0.95, low: 0.85 })
 * ```
 *
 * Smith, "A disciplined approach to neural network hyper-parameters", 2018, section 4.2.
 */
export function oneCycleMomentum(given: OneCycleMomentumOptions = {}): Schedule {
  const options = parseOptions('oneCycleMomentum', momentumSchema, given)
  const at = cycle(options, [options.high, options.low, options.high])
  return { kind: 'schedule', name: 'oneCycleMomentum', options, at }
}
