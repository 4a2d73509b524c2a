// Measures how long epochs take, and ends a run when its time is over.

import { type Callback, parseOptions, type RunView, withMainOption } from '@gradwerk/core'
import { z } from 'zod'

export interface TimerOptions {
  /** Seconds after which the run stops, > 0, at the end of the call of the backend under way. Default: none. */
  readonly limitSeconds?: number | undefined
}

const schema = z.strictObject({
  limitSeconds: z.number().positive().optional().meta({ description: 'Seconds after which the run stops, above 0.' }),
})

/**
 * Adds to the record of each epoch `callbacks.seconds`, from its start to its end with the evaluation, and `callbacks.totalSeconds` since
 * the start of the run. With `limitSeconds` the run stops when they are over. A resumed run counts on from the seconds its checkpoint
 * had.
 *
 * Seconds are the one figure of a record that differs from run to run; no result depends on them unless `limitSeconds` ends the run.
 *
 * Throws an OptionError for a limit that is not above 0.
 *
 * @example timer()
 * @example timer({ limitSeconds: 3600 })
 */
export function timer(given: number | TimerOptions = {}): Callback {
  const options = parseOptions('timer', schema, withMainOption('limitSeconds', given))
  const { limitSeconds } = options
  /** Seconds before this process, and when it began to count. */
  let before = 0
  let beganAt = 0
  let epochBegan = 0
  let loaded = false
  const now = () => performance.now() / 1000
  const elapsed = () => before + now() - beganAt
  const limited = (run: RunView) =>
    limitSeconds !== undefined && elapsed() >= limitSeconds
      ? { stop: `the time of ${limitSeconds} s is over at step ${run.step}` }
      : undefined
  return {
    kind: 'callback',
    name: 'timer',
    options,
    onRunStart() {
      if (!loaded) {
        before = 0
        epochBegan = 0
      }
      loaded = false
      beganAt = now()
    },
    onEpochStart() {
      epochBegan = elapsed()
    },
    onSteps: limited,
    onEpochEnd(run) {
      const totalSeconds = elapsed()
      return { figures: { seconds: totalSeconds - epochBegan, totalSeconds }, ...limited(run) }
    },
    save: () => ({ json: { elapsed: elapsed(), epochBegan }, values: {} }),
    load({ json }) {
      const saved = parseOptions('timer (saved)', z.object({ elapsed: z.number(), epochBegan: z.number() }), json)
      before = saved.elapsed
      epochBegan = saved.epochBegan
      beganAt = now()
      loaded = true
    },
  }
}
