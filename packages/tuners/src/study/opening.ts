// How a study is made or joined.

import {
  type Direction,
  isPlugin,
  OptionError,
  type Plugin,
  type Pruner,
  type Registry,
  revive,
  type Sampler,
  type SearchSpace,
} from '@gradwerk/core'
import type { Json } from '../json.ts'
import * as pruners from '../pruners/index.ts'
import * as samplers from '../samplers/index.ts'
import { compatible } from '../space/distribution.ts'
import type { Change } from '../storage/operation.ts'
import type { StoredStudy } from '../storage/state.ts'
import type { Storage } from '../storage/storage.ts'
import { StudyError } from './errors.ts'
import { prunerKey, samplerKey, seedKey, spaceKey } from './keys.ts'

/** What a plugin is made from again. */
export function jsonOf(plugin: Plugin): Json {
  return JSON.parse(JSON.stringify({ kind: plugin.kind, name: plugin.name, options: plugin.options }))
}

function revived<P extends Plugin>(kind: P['kind'], json: Json | undefined, registries: readonly Registry[]) {
  if (json === undefined) return undefined
  const plugin: unknown = revive(json, ...registries, samplers, pruners)
  return isPlugin(plugin) && plugin.kind === kind ? plugin : undefined
}

/** The sampler a stored configuration stands for. Throws a PluginError for a name that no namespace has. */
export function reviveSampler(json: Json | undefined, registries: readonly Registry[] = []): Sampler | undefined {
  return revived<Sampler>('sampler', json, registries) as Sampler | undefined
}

export function revivePruner(json: Json | undefined, registries: readonly Registry[] = []): Pruner | undefined {
  return revived<Pruner>('pruner', json, registries) as Pruner | undefined
}

export interface Opening {
  readonly name: string
  readonly storage: Storage
  readonly directions: readonly Direction[] | undefined
  readonly seed: number
  readonly sampler: Sampler | undefined
  readonly pruner: Pruner | undefined
  /** The plain part of a declared space. */
  readonly space: SearchSpace | undefined
}

/** Attributes that a study has from its first worker on; a study of Optuna's gets them from the first that joins from here. */
function attributesOf({ seed, sampler, pruner, space }: Opening): readonly (readonly [string, Json])[] {
  return [
    [seedKey, seed],
    [samplerKey, jsonOf(sampler ?? samplers.random())],
    [prunerKey, jsonOf(pruner ?? pruners.none())],
    ...(space === undefined ? [] : [[spaceKey, JSON.parse(JSON.stringify(space))] as const]),
  ]
}

/** Of several workers that open a study at once one makes it, and the others join. */
export function openStudy(opening: Opening): StoredStudy {
  const { name, storage, directions = ['minimize'] } = opening
  storage.sync()
  const existing = storage.state.studyNamed(name)
  // Before anything is written.
  if (existing !== undefined) checkJoining(opening, existing)
  storage.append(() => {
    const known = storage.state.studyNamed(name)
    const changes: Change[] = known === undefined ? [{ kind: 'createStudy', name, directions }] : []
    const study = known?.id ?? storage.state.nextStudy
    for (const [key, value] of attributesOf(opening)) {
      const before = known?.system.get(key)
      // Bounds may change on resuming; a replay reads those that held when something was suggested.
      const changed = key === spaceKey && JSON.stringify(before) !== JSON.stringify(value)
      if (before === undefined || changed) changes.push({ kind: 'studyAttribute', study, of: 'system', key, value })
    }
    return changes
  })
  const study = storage.state.studyNamed(name)
  if (study === undefined) throw new StudyError({ who: `study ${name}`, problem: 'it could not be made' })
  checkJoining(opening, study)
  return study
}

function checkJoining({ name, directions, space }: Opening, study: StoredStudy): void {
  if (directions !== undefined && String(directions) !== String(study.directions))
    throw new OptionError({
      who: `study ${name}`,
      problem: 'it exists with other directions',
      expected: study.directions.join(', '),
      got: directions.join(', '),
    })
  for (const [parameter, distribution] of Object.entries(space ?? {})) {
    const trial = study.trials.find(({ parameters }) => parameters.has(parameter))
    const known = trial?.parameters.get(parameter)
    if (known === undefined || (known.legacy === undefined && compatible(known.distribution, distribution))) continue
    throw new StudyError({
      who: `study ${name}`,
      problem: `parameter '${parameter}' has another kind, scale or choice of values than in trial ${trial?.number}`,
      expected: JSON.stringify(known.distribution),
      got: JSON.stringify(distribution),
      hint: 'another name for the parameter, or a new study; bounds and steps may change',
    })
  }
}
