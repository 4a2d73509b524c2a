// What is said below the tables of `bench tune`.

import { duration, percent, plural } from '../format.ts'
import type { PruningEffect } from './effects.ts'
import { winnerSeeds } from './search.ts'
import type { SearchSummary, TuneSummary } from './summary.ts'

export function tuneRemarks(summary: TuneSummary, folder: string): string[] {
  const { searches, settings, dataset, status, seconds, workers, pruning, journal } = summary
  const seeds = winnerSeeds(settings).join(', ')
  const failures = searches.flatMap(({ name, winner }) =>
    (winner?.failures ?? []).map(
      ({ seed, problem }) => `${name}, best parameters with seed ${seed}, failed: ${problem}`,
    ),
  )
  return [
    `best of n: validation accuracy of the best of n trials${settings.searches > 1 ? `, means over ${settings.searches} searches` : ''}.`,
    `train loss, validation, test accuracy: the best parameters trained again with seeds ${seeds}, ± a 95 % confidence interval (Student's t); test images are looked at here alone.`,
    ...pruning.map(pruningLine),
    ...(dataset.real ? [] : [`These figures were measured on ${dataset.name}, NOT on MNIST.`]),
    ...failures,
    ...chosenLine(searches),
    `${status === 'interrupted' ? 'Interrupted' : 'Done'} after ${duration(seconds)} with ${plural(workers, 'worker')}.`,
    `Written to ${folder}; the trials are in ${journal}, which Optuna opens too.`,
    ...(status === 'interrupted' ? [`Go on with: bench tune --resume ${folder}`] : []),
  ]
}

function pruningLine({ configuration, sampler, pruner, epochs, accuracy, accuracyOfFewer, bySeed }: PruningEffect) {
  const points = (part: number) => `${part < 0 ? '−' : '+'}${Math.abs(100 * part).toFixed(2)} points`
  const fewer = `${points(accuracyOfFewer)} for the first trials of as many epochs without it`
  return `${configuration} ${sampler}: ${pruner} took ${percent(epochs, 0)} of the epochs for ${points(accuracy)} of the best accuracy (${fewer}); medians over ${plural(bySeed.length, 'seed')}.`
}

/** The configuration to choose: by validation. */
function chosenLine(searches: readonly SearchSummary[]): string[] {
  const measured = searches.flatMap(({ name, winner }) =>
    winner?.validationAccuracy && winner.testAccuracy
      ? [{ name, validation: winner.validationAccuracy.mean, test: winner.testAccuracy.mean }]
      : [],
  )
  const [first] = measured.toSorted((a, b) => b.validation - a.validation)
  if (first === undefined || measured.length < 2) return []
  return [`Best by validation: the parameters of ${first.name}, ${percent(first.test)} on the test images.`]
}
