// Records the learning rate, or other hyper-parameters, in the history.

import { type Callback, OptionError, parseOptions } from '@gradwerk/core'
import { z } from 'zod'

export interface LearningRateMonitorOptions {
  /** Names of hyper-parameters, as the optimizer calls them. Default `['learningRate']`. */
  readonly names?: readonly string[]
}

const schema = z.strictObject({
  names: z
    .array(z.string())
    .min(1)
    .default(['learningRate'])
    .meta({ description: 'Names of hyper-parameters, as the optimizer calls them.' }),
})

/**
 * Adds to the record of each epoch the optimizer's hyper-parameters of these names as its last step used them, schedules and factors of
 * other callbacks included: `callbacks.learningRate`; where an optimizer is made of others, under the names these have in it.
 *
 * Throws an OptionError for a name that the optimizer does not have.
 *
 * @example learningRateMonitor()
 * @example learningRateMonitor({ names: ['learningRate', 'momentum'] })
 */
export function learningRateMonitor(given: LearningRateMonitorOptions = {}): Callback {
  const who = 'learningRateMonitor'
  const options = parseOptions(who, schema, given)
  return {
    kind: 'callback',
    name: who,
    options,
    onEpochEnd(run) {
      const own = Object.entries(run.hyperparameters()).flatMap(([name, value]) =>
        name.startsWith('optimizer.') ? [[name.slice('optimizer.'.length), value] as const] : [],
      )
      const figures = options.names.flatMap((wanted) => {
        const found = own.filter(([name]) => name.replace(/#\d+$/, '').split('.').at(-1) === wanted)
        if (found.length > 0) return found
        throw new OptionError({
          who,
          problem: `the optimizer has no hyper-parameter '${wanted}'`,
          expected: `one of ${own.map(([name]) => name).join(', ')}`,
        })
      })
      return { figures: Object.fromEntries(figures) }
    },
  }
}
