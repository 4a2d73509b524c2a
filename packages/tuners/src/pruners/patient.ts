// Pruning of trials that no longer improve.

import { type Pruner, parseOptions, pluginSchema } from '@gradwerk/core'
import { z } from 'zod'
import { leastOf, lossOf } from './progress.ts'

const schema = z.strictObject({
  patience: z.int().min(0).meta({ description: 'reports without improvement that are borne' }),
  minDelta: z.number().min(0).default(0).meta({ description: 'how much worse the last reports must be' }),
  pruner: pluginSchema<Pruner>('pruner').optional().meta({ description: 'who decides about a trial that is stuck' }),
})

export interface PatientOptions {
  /** How many reports without improvement are borne. */
  readonly patience: number
  /** How much worse than the best before them the last reports must be. Default 0. */
  readonly minDelta?: number
  /** Who decides about a trial that no longer improves. Default: it is stopped. */
  readonly pruner?: Pruner
}

/**
 * Stops a trial, or lets another pruner look at it, once its last `patience` + 1 reports are all worse, by more than `minDelta`, than
 * the best one before them: min(last) > min(before) + minDelta where the study minimizes.
 *
 * Throws an OptionError for options outside their domains.
 *
 * @example `createStudy({ pruner: patient({ patience: 3, pruner: median() }) })`
 */
export function patient(options: PatientOptions): Pruner {
  const parsed = parseOptions('patient', schema, options)
  const { patience, minDelta, pruner } = parsed
  return {
    kind: 'pruner',
    name: 'patient',
    options: parsed,
    prune(study, trial) {
      const loss = lossOf(study)
      const losses = [...trial.intermediate].toSorted(([a], [b]) => a - b).map(([, value]) => loss(value))
      if (losses.length <= patience + 1) return false
      const before = leastOf(losses.slice(0, -patience - 1))
      const after = leastOf(losses.slice(-patience - 1))
      if (!(before + minDelta < after)) return false
      return pruner === undefined || pruner.prune(study, trial)
    },
  }
}
