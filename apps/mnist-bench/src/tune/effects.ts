// What pruning saves and costs: the same search with and without it.

import { median } from '../statistics.ts'
import type { TuneSettings } from './settings.ts'
import type { SearchSummary } from './summary.ts'

interface Effect {
  /** Epochs with pruning, as a part of those without. */
  readonly epochs: number
  /** The best validation accuracy with pruning, minus that without. */
  readonly accuracy: number
  /** The best accuracy without pruning within as many epochs as with it, minus that in all of them: what doing less would have cost. */
  readonly accuracyOfFewer: number
}

/** Medians over the seeds of the search. */
export interface PruningEffect extends Effect {
  readonly configuration: string
  readonly sampler: string
  readonly pruner: string
  readonly bySeed: readonly (Effect & { readonly seed: number })[]
}

/** Of the searches that are through. */
export function pruningEffects(
  searches: readonly SearchSummary[],
  { trials, epochs }: Pick<TuneSettings, 'trials' | 'epochs'>,
): PruningEffect[] {
  const through = searches.filter(({ best, bestAfter }) => best !== null && bestAfter.length >= trials)
  const effects = new Map<string, PruningEffect['bySeed'][number][]>()
  for (const search of through) {
    const without = through.find(
      ({ configuration, sampler, seed, pruner }) =>
        pruner === 'none' &&
        configuration === search.configuration &&
        sampler === search.sampler &&
        seed === search.seed,
    )
    if (search.pruner === 'none' || without === undefined) continue
    const accuracy = without.best?.validationAccuracy ?? Number.NaN
    const fewer = Math.max(1, Math.floor(search.epochs / epochs))
    const effect = {
      seed: search.seed,
      epochs: search.epochs / without.epochs,
      accuracy: (search.best?.validationAccuracy ?? Number.NaN) - accuracy,
      accuracyOfFewer: (without.bestAfter[fewer - 1] ?? 0) - accuracy,
    }
    effects.set(search.group, [...(effects.get(search.group) ?? []), effect])
  }
  return [...effects].flatMap(([group, bySeed]) => {
    const like = through.find((search) => search.group === group)
    if (like === undefined) return []
    return {
      configuration: like.configuration,
      sampler: like.sampler,
      pruner: like.pruner,
      epochs: median(bySeed.map(({ epochs }) => epochs)),
      accuracy: median(bySeed.map(({ accuracy }) => accuracy)),
      accuracyOfFewer: median(bySeed.map(({ accuracyOfFewer }) => accuracyOfFewer)),
      bySeed,
    }
  })
}
