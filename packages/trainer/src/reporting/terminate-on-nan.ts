// Ends a run whose numbers are no longer finite, with its last good ones.

import { type Callback, type DivergenceRecord, figuresOf, parseOptions } from '@gradwerk/core'
import { z } from 'zod'

const schema = z.strictObject({})

function causeOf({ step, epoch, loss, objective, parameters }: DivergenceRecord): string {
  const what = Number.isFinite(loss) ? `the penalties make the objective ${objective}` : `the loss is ${loss}`
  const where = parameters.length === 0 ? 'all parameters are finite' : `not finite: ${parameters.join(', ')}`
  return `${what} at step ${step} (epoch ${epoch}); ${where}`
}

/**
 * Stops a run whose loss or objective becomes NaN or infinite, instead of failing with a DivergenceError. The run ends with the numbers it
 * had before the call of the backend in which it happened, and `run.stopped` says the cause, the step, and the parameters that
 * were not finite after that call. It also stops where a loss of an evaluation is not finite.
 *
 * @example terminateOnNaN()
 */
export function terminateOnNaN(given: Record<string, never> = {}): Callback {
  return {
    kind: 'callback',
    name: 'terminateOnNaN',
    options: parseOptions('terminateOnNaN', schema, given),
    onDivergence: (_, record) => ({ stop: causeOf(record) }),
    onEpochEnd(_, record) {
      const figures = figuresOf(record)
      const wrong = ['training.loss', 'validation.loss'].find(
        (name) => figures.has(name) && !Number.isFinite(figures.get(name)),
      )
      return wrong === undefined
        ? undefined
        : { stop: `${wrong} is ${figures.get(wrong)} after step ${record.steps} (epoch ${record.epoch})` }
    },
  }
}
