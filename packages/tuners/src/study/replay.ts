// Recomputes what was suggested from what each suggestion had seen: from the operations of the log up to a position.

import { parseOptions, pluginSchema, type Registry, type Sampler, type SearchSpace, show } from '@gradwerk/core'
import { z } from 'zod'
import { choiceKey, fromInternal } from '../space/distribution.ts'
import type { StoredStudy, StoredTrial } from '../storage/state.ts'
import { StorageState } from '../storage/state.ts'
import type { Storage } from '../storage/storage.ts'
import { StudyError } from './errors.ts'
import { fixedKey, samplerKey, seedKey, seenJoint, seenSingle, spaceKey } from './keys.ts'
import { reviveSampler } from './opening.ts'
import { nameSchema, registriesSchema, storageSchema } from './option-schemas.ts'
import { suggestJointly, suggestSingly } from './suggesting.ts'
import { jointSpace, recordOf, viewOf } from './view.ts'

export interface ReplayOptions {
  /** Name of the study. Default 'study'. */
  readonly name?: string
  readonly storage: Storage
  /** In place of the sampler that the study recorded. */
  readonly sampler?: Sampler
  /** Namespaces of samplers that are not from here. Default none. */
  readonly registries?: readonly Registry[]
}

const schema = z.strictObject({
  name: nameSchema,
  storage: storageSchema,
  sampler: pluginSchema<Sampler>('sampler').optional().meta({
    description: 'in place of the sampler that the study recorded',
  }),
  registries: registriesSchema,
})

/** A parameter that is suggested differently today. */
export interface Difference {
  readonly trial: number
  readonly parameter: string
  readonly recorded: unknown
  readonly recomputed: unknown
}

export interface Replay {
  /** How many parameters were recomputed; enqueued ones, and those of programs that do not record what they saw, are not. */
  readonly parameters: number
  /** Empty if the study is replayed exactly. */
  readonly differences: readonly Difference[]
}

/** A suggestion: how much of the log it had seen, and the parameters that came from it. */
interface Suggestion {
  readonly trial: StoredTrial
  readonly seen: number
  /** Undefined for the joint suggestion at the start of a trial. */
  readonly single: string | undefined
  readonly parameters: readonly string[]
}

function suggestionsOf(trial: StoredTrial): Suggestion[] {
  const fixed = trial.system.get(fixedKey)
  const isFixed = (name: string) => typeof fixed === 'object' && fixed !== null && Object.hasOwn(fixed, name)
  const free = [...trial.parameters.keys()].filter((name) => !isFixed(name))
  const seenOf = (key: string) => {
    const seen = trial.system.get(key)
    return typeof seen === 'number' ? seen : undefined
  }
  const joint = free.filter((name) => seenOf(seenSingle(name)) === undefined)
  const jointSeen = seenOf(seenJoint)
  return [
    ...(jointSeen === undefined ? [] : [{ trial, seen: jointSeen, single: undefined, parameters: joint }]),
    ...free.flatMap((name) => {
      const seen = seenOf(seenSingle(name))
      return seen === undefined ? [] : [{ trial, seen, single: name, parameters: [name] }]
    }),
  ]
}

/** What is suggested at a state of the storage, by parameter. */
function again({ trial, single }: Suggestion, study: StoredStudy, then: StoredTrial, sampler: Sampler, seed: number) {
  const view = viewOf(study)
  const record = recordOf(then)
  const suggesting = { sampler, seed }
  if (single === undefined) {
    const declared = study.system.get(spaceKey) as SearchSpace | undefined
    return suggestJointly(suggesting, view, record, jointSpace(view, declared))
  }
  const distribution = trial.parameters.get(single)?.distribution
  if (distribution === undefined) return {}
  return { [single]: suggestSingly(suggesting, view, record, single, distribution) }
}

/**
 * Recomputes every suggestion of a study, also of one that several workers made at once, and compares. A sampler is a pure function of
 * what it saw, and every suggestion has recorded how much that was.
 *
 * Throws a StudyError if the storage has no such study, a PluginError if its sampler is in no namespace, an OptionError for options outside their domain.
 *
 * @example `replay({ storage: journalStorage('study.log') }).differences // []`
 */
export function replay(options: ReplayOptions): Replay {
  const { name, storage, sampler, registries } = parseOptions('replay', schema, options)
  storage.sync()
  const study = storage.state.studyNamed(name)
  if (study === undefined) throw new StudyError({ who: `study ${name}`, problem: 'there is none in this storage' })
  const seed = study.system.get(seedKey)
  if (typeof seed !== 'number')
    throw new StudyError({ who: `study ${name}`, problem: 'it has no seed: it was not made here' })
  const samplerOf = (trial: StoredTrial) => {
    const found = sampler ?? reviveSampler(trial.system.get(samplerKey) ?? study.system.get(samplerKey), registries)
    if (found !== undefined) return found
    throw new StudyError({ who: `study ${name}`, problem: 'it has recorded no sampler', hint: 'the option sampler' })
  }

  const suggestions = study.trials.flatMap(suggestionsOf).toSorted((a, b) => a.seen - b.seen)
  const differences: Difference[] = []
  let parameters = 0
  const past = new StorageState()
  const log = storage.operations()[Symbol.iterator]()
  for (const suggestion of suggestions) {
    while (past.position < suggestion.seen) {
      const next = log.next()
      if (next.done === true)
        throw new StudyError({
          who: `study ${name}`,
          problem: `trial ${suggestion.trial.number} has seen more than there is`,
          expected: `a position up to ${past.position}`,
          got: show(suggestion.seen),
        })
      past.apply(next.value)
    }
    const [studyThen, trialThen] = [past.studies.get(study.id), past.trials[suggestion.trial.id]]
    if (studyThen === undefined || trialThen === undefined) continue
    const values = again(suggestion, studyThen, trialThen, samplerOf(suggestion.trial), seed)
    for (const parameter of suggestion.parameters) {
      const stored = suggestion.trial.parameters.get(parameter)
      if (stored === undefined) continue
      parameters++
      const recorded = fromInternal(stored.distribution, stored.internal)
      const recomputed: unknown = Object.hasOwn(values, parameter) ? values[parameter] : undefined
      if (choiceKey(recorded) !== choiceKey(recomputed))
        differences.push({ trial: suggestion.trial.number, parameter, recorded, recomputed })
    }
  }
  return { parameters, differences }
}
