// A search: a study of one configuration with one sampler, one pruner and one seed.

import type { SearchSpace } from '@gradwerk/core'
import { categorical, createStudy, type DeclaredStudy, defineSpace, type Storage } from '@gradwerk/tuners'
import { hiddenOf } from '../plan.ts'
import { searchSpaceOf } from '../plugins.ts'
import type { TuneSettings } from './settings.ts'
import { type PrunerName, prunerOf, type SamplerName, samplerOf } from './strategies.ts'
import type { TuneRequest } from './trial.ts'

/** Options by path, and the size of a batch. */
export type Parameters = Readonly<Record<string, unknown>>

export interface Search {
  /** Of its study. */
  readonly name: string
  readonly configuration: string
  readonly sampler: SamplerName
  readonly pruner: PrunerName
  readonly seed: number
  readonly space: SearchSpace
  readonly study: DeclaredStudy<Parameters>
}

/** What a search shares with those that differ from it by the seed alone. */
export function groupOf({
  configuration,
  sampler,
  pruner,
}: Pick<Search, 'configuration' | 'sampler' | 'pruner'>): string {
  return [configuration, sampler, ...(pruner === 'none' ? [] : [pruner])].join(' ')
}

/** Opens the studies of all searches in a storage, in the order of the settings. */
export function openSearches(settings: TuneSettings, storage: Storage): Search[] {
  const { configurations, samplers, pruners, searches } = settings
  const planned = configurations.flatMap((configuration) =>
    samplers.flatMap((sampler) => pruners.map((pruner) => ({ configuration, sampler, pruner }))),
  )
  return planned.flatMap((one) =>
    Array.from({ length: searches }, (_, i) => openSearch({ ...one, seed: i + 1 }, settings, storage)),
  )
}

function openSearch(one: Omit<Search, 'name' | 'space' | 'study'>, settings: TuneSettings, storage: Storage): Search {
  const name = `${groupOf(one)} ${one.seed}`
  const hidden = hiddenOf(one.configuration, settings)
  const ranges = Object.entries(searchSpaceOf({ configuration: one.configuration, hidden }))
  const ofOptimizer = ([path]: readonly [string, unknown]) => path.startsWith('optimizer.')
  const space: SearchSpace = Object.fromEntries([
    ...ranges.filter(ofOptimizer),
    ['batchSize', categorical(settings.batchSizes)],
    ...ranges.filter((range) => !ofOptimizer(range)),
  ])
  const study = createStudy({
    name,
    storage,
    space: defineSpace(space),
    sampler: samplerOf(one.sampler, space, settings.trials),
    pruner: prunerOf(one.pruner),
    direction: 'maximize',
    seed: one.seed,
  })
  return { ...one, name, space, study }
}

/** A trial of a search, or of its best parameters with another seed and a look at the test images. */
export function requestOf(
  { configuration, seed }: Search,
  settings: TuneSettings,
  parameters: Parameters,
  winner?: { readonly seed: number },
): TuneRequest {
  return {
    configuration,
    hidden: hiddenOf(configuration, settings),
    seed: winner?.seed ?? seed,
    epochs: settings.epochs,
    batchSize: Number(parameters['batchSize']),
    trackTraining: false,
    parameters,
    test: winner !== undefined,
  }
}

/** Seeds that no search has: what was chosen with one seed is measured with others. */
export function winnerSeeds({ searches, seeds }: TuneSettings): number[] {
  return Array.from({ length: seeds }, (_, i) => searches + i + 1)
}
