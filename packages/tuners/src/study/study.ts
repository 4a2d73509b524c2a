// A study: trials of one objective, asked for and told about. What it knows lives in its storage, so that others may join.

import {
  type Direction,
  OptionError,
  type Pruner,
  parseOptions,
  pluginSchema,
  type Registry,
  type Sampler,
} from '@gradwerk/core'
import { z } from 'zod'
import type { Json } from '../json.ts'
import { none } from '../pruners/none.ts'
import { random } from '../samplers/random.ts'
import { plainEntries, type Space, walk } from '../space/space.ts'
import { memoryStorage } from '../storage/memory.ts'
import type { Storage } from '../storage/storage.ts'
import { bestOf, paretoOf } from './best.ts'
import { checkPoint } from './enqueueing.ts'
import { StudyError } from './errors.ts'
import { fixedKey, prunerKey, samplerKey, seedKey } from './keys.ts'
import { openStudy, revivePruner, reviveSampler } from './opening.ts'
import { type Optimized, type OptimizeOptions, optimize } from './optimize.ts'
import { nameSchema, registriesSchema, storageSchema } from './option-schemas.ts'
import { outcomeOf, type Told } from './outcome.ts'
import { waiting } from './retry.ts'
import type { Trial } from './trial.ts'
import { recordOf, type StudyTrial, viewOf } from './view.ts'
import { type Started, unfinished, workOn } from './work.ts'

export interface StudyOptions {
  /** Name in the storage. Default 'study'. */
  readonly name?: string
  /** Where it lives. Default `memoryStorage()`. */
  readonly storage?: Storage
  /** Who suggests. Default: the sampler the study was made with; for a new study `random()`. */
  readonly sampler?: Sampler
  /** Who stops trials early. Default: the pruner the study was made with; for a new study `none()`. */
  readonly pruner?: Pruner
  /** One direction for each value of the objective; of a study that exists none other than its own. Default: its own; for a new study `['minimize']`. */
  readonly directions?: readonly Direction[]
  /** The same for one value: `direction: 'maximize'`. */
  readonly direction?: Direction
  /** Where random numbers come from, a whole number ≥ 0. A study that exists keeps its own. Default 0. */
  readonly seed?: number
  /** How often a trial is tried again whose worker ended without ending it: killed, or crashed; ≥ 0. Default 3. */
  readonly retries?: number
  /** Namespaces of samplers and pruners that are not from here, for a study that was made with them. Default none. */
  readonly registries?: readonly Registry[]
}

/** What studies of both kinds do. */
interface AnyStudy {
  readonly name: string
  readonly directions: readonly Direction[]
  readonly storage: Storage
  readonly sampler: Sampler
  readonly pruner: Pruner
  readonly seed: number
  /** All trials as they are known now, by number. */
  trials(): readonly StudyTrial[]
  /** The complete trial with the best value; undefined before there is one. Throws a StudyError for several directions. */
  best(): StudyTrial | undefined
  /** The complete trials that no other is better than in all directions, by number. */
  pareto(): readonly StudyTrial[]
  /** Has a coming trial take these values; parameters that are left out are suggested. */
  enqueue(parameters: Readonly<Record<string, unknown>>, attributes?: Readonly<Record<string, Json>>): void
  /**
   * Ends a trial: with its value (one for each direction), or as pruned or failed. Values that are NaN, or too few or many, end it as
   * failed. Throws a StudyError for a trial that has ended already.
   */
  tell(trial: Pick<Trial, 'number'> | number, outcome: Told): StudyTrial
  /** What users keep about the study. */
  attributes(): Readonly<Record<string, Json>>
  setAttribute(key: string, value: Json): void
}

/** A study whose objective says as it runs which parameters it has. */
export interface Study extends AnyStudy {
  /** Starts a trial: one that waits, or a new one. */
  ask(): Trial
  /**
   * Runs trials until a limit is reached. Throws a TrialError for an objective that throws (unless `onError` is 'continue'), with the
   * trial recorded as failed; other errors are about the use of the study.
   */
  optimize(objective: (trial: Trial) => Told | Promise<Told>, options: OptimizeOptions<Study>): Promise<Optimized>
}

/** A study of a declared space. */
export interface DeclaredStudy<Parameters> extends AnyStudy {
  /** Starts a trial that has all its parameters. */
  ask(): Trial<Parameters>
  /** As of `Study`; the objective gets the parameters first. */
  optimize(
    objective: (parameters: Parameters, trial: Trial<Parameters>) => Told | Promise<Told>,
    options: OptimizeOptions<DeclaredStudy<Parameters>>,
  ): Promise<Optimized>
}

const direction = z.enum(['minimize', 'maximize'])
const schema = z.strictObject({
  name: nameSchema,
  storage: storageSchema.optional().meta({ description: 'where the study lives; `memoryStorage()` unless given' }),
  sampler: pluginSchema<Sampler>('sampler').optional().meta({
    description: 'who suggests; the sampler the study was made with, of a new study `random()`, unless given',
  }),
  pruner: pluginSchema<Pruner>('pruner').optional().meta({
    description: 'who stops trials early; the pruner the study was made with, of a new study `none()`, unless given',
  }),
  directions: z.array(direction).min(1).optional().meta({
    description:
      "one direction for each value of the objective; those of a study that exists, of a new study `['minimize']`, unless given",
  }),
  direction: direction.optional().meta({ description: '`directions` for one value' }),
  seed: z.int().min(0).default(0).meta({
    description: 'where random numbers come from; a study that exists keeps its own',
  }),
  retries: z.int().min(0).default(3).meta({
    description: 'how often a trial is tried again whose worker ended without ending it',
  }),
  registries: registriesSchema,
  space: z
    .custom<Space>((x) => typeof x === 'object' && x !== null && 'entries' in x, 'defineSpace(…)')
    .optional()
    .meta({ description: 'the declared space; without it the objective says which parameters it has' }),
})

/**
 * Makes a study, or joins the one of this name in the storage and continues it.
 *
 * Throws an OptionError for options outside their domains, and for directions other than those of a study that exists; a StudyError for
 * a declared parameter that earlier trials had of another kind, scale or choice (bounds and steps may change).
 *
 * @example
 * ```ts
 * const study = createStudy({ seed: 1 })
 * await study.optimize((trial) => (trial.float('x', -5, 5) - 1) ** 2, { trials: 100 })
 * console.log(study.best()?.parameters)
 * ```
 */
export function createStudy<Parameters>(
  options: StudyOptions & { readonly space: Space<Parameters> },
): DeclaredStudy<Parameters>
export function createStudy(options?: StudyOptions): Study
export function createStudy<Parameters>(
  options: StudyOptions & { readonly space?: Space<Parameters> } = {},
): Study | DeclaredStudy<Parameters> {
  const parsed = parseOptions('createStudy', schema, options)
  const { name, storage = memoryStorage(), registries, space } = parsed
  if (parsed.direction !== undefined && parsed.directions !== undefined)
    throw new OptionError({ who: 'createStudy', problem: `both 'direction' and 'directions'`, expected: 'one of them' })
  const plain = space === undefined ? undefined : plainEntries(space)
  const { id, system, directions } = openStudy({
    ...{ name, storage, seed: parsed.seed, sampler: parsed.sampler, pruner: parsed.pruner, space: plain },
    directions: parsed.direction === undefined ? parsed.directions : [parsed.direction],
  })
  const sampler = parsed.sampler ?? reviveSampler(system.get(samplerKey), registries) ?? random()
  const pruner = parsed.pruner ?? revivePruner(system.get(prunerKey), registries) ?? none()
  const kept = system.get(seedKey)
  const seed = typeof kept === 'number' ? kept : parsed.seed
  const { retries } = parsed
  const work = workOn({ name, study: id, storage, suggesting: { sampler, seed }, pruner, space: plain, retries })
  const now = () => {
    storage.sync()
    return viewOf(work.stored())
  }
  const tell: AnyStudy['tell'] = (asked, told) => {
    storage.sync()
    const trial = unfinished(name, work.stored(), typeof asked === 'number' ? asked : asked.number)
    work.change(...outcomeOf(trial, told, directions))
    return recordOf(trial)
  }
  const base: AnyStudy = {
    ...{ name, directions, storage, sampler, pruner, seed, tell },
    trials: () => now().trials,
    best() {
      if (directions.length === 1) return bestOf(now().trials, directions)
      throw new StudyError({
        who: `study ${name}`,
        problem: 'several directions have no best trial',
        hint: 'pareto()',
      })
    },
    pareto: () => paretoOf(now().trials, directions),
    enqueue(parameters, attributes = {}) {
      work.change(waiting(id, { [fixedKey]: checkPoint(name, parameters, space) }, attributes))
    },
    attributes() {
      storage.sync()
      return Object.fromEntries(work.stored().user)
    },
    setAttribute: (key, value) => work.change({ kind: 'studyAttribute', study: id, of: 'user', key, value }),
  }
  // Without limits there always is a trial.
  const begin = () => work.start() as Started
  if (space === undefined) {
    const study: Study = {
      ...base,
      ask: () => begin().trial,
      optimize: (objective, how) => optimize(study, work, storage, ({ trial }) => objective(trial), how),
    }
    return study
  }
  /** The trial with all parameters; they are those that the space declares. */
  const filled = ({ trial }: Started) => {
    const parameters = walk(space, trial.suggest) as Parameters
    return { parameters, trial: trial as unknown as Trial<Parameters> }
  }
  const study: DeclaredStudy<Parameters> = {
    ...base,
    ask() {
      const started = begin()
      try {
        return filled(started).trial
      } catch (error) {
        tell(started.trial, { state: 'failed', reason: String(error) })
        throw error
      }
    },
    optimize(objective, how) {
      const run = (started: Started) => {
        const { parameters, trial } = filled(started)
        return objective(parameters, trial)
      }
      return optimize(study, work, storage, run, how)
    },
  }
  return study
}
