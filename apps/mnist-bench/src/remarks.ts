// What is said below the table at the end of a run.

import { count, duration, level, percent, plural } from './format.ts'
import { mean } from './statistics.ts'
import type { Summary } from './summary.ts'

/** What the table leaves open: what the columns mean, what failed, which model was exported. */
export function remarks(summary: Summary): string[] {
  const { settings, dataset, configurations, best, status, seconds } = summary
  const failures = configurations.flatMap(({ name, failures }) =>
    failures.map(
      ({ seed, final, problem }) => `${name}, seed ${seed}${final ? ', on all images' : ''}, failed: ${problem}`,
    ),
  )
  return [
    over(settings.seeds, status),
    'Losses in evaluation mode, without penalties; gap: validation minus training loss.',
    `s / epoch: training without evaluation, on ${plural(settings.threads, 'thread')} of each worker.`,
    ...targetLines(summary),
    ...(dataset.real ? [] : [`These figures were measured on ${dataset.name}, NOT on MNIST.`]),
    ...failures,
    ...(best === null ? [] : bestLines(best)),
    `${status === 'interrupted' ? 'Interrupted' : 'Done'} after ${duration(seconds)} with ${plural(settings.workers, 'worker')}.`,
  ]
}

/** What the seconds to an accuracy are, and who did not reach it. */
function targetLines({ settings, configurations }: Summary): string[] {
  if (settings.target === null) return []
  const wanted = level(settings.target)
  const all = configurations.flatMap(({ trials }) => trials.flatMap(({ target }) => target ?? []))
  const preparation = mean(all.map(({ preparationSeconds }) => preparationSeconds)).toFixed(2)
  const missed = configurations.flatMap(({ name, trials }) => {
    const reached = trials.filter(({ target }) => target !== null && target.seconds !== null).length
    return reached === trials.length
      ? []
      : [`${name}: ${reached} of ${plural(trials.length, 'trial')} reached ${wanted}.`]
  })
  return [
    `s to ${wanted}: until an epoch ends with so much validation accuracy; evaluations and ${preparation} s before the first step, for compilation, included.`,
    ...missed,
  ]
}

function over(seeds: number, status: Summary['status']): string {
  if (seeds === 1) return 'One seed: no confidence interval.'
  return `Means over ${status === 'interrupted' ? 'what was finished of ' : ''}${seeds} seeds, ± a 95 % confidence interval (Student's t).`
}

function bestLines({
  configuration,
  seed,
  train,
  testAccuracy,
  model,
  ...check
}: NonNullable<Summary['best']>): string[] {
  const { maxAbsDifference, comparedImages, differentPredictions } = check
  const images = plural(comparedImages, 'test image')
  const agreement =
    differentPredictions === 0
      ? `the same prediction for all ${images}`
      : `another prediction for ${count(differentPredictions)} of ${images}`
  return [
    `Best by validation: ${configuration}, seed ${seed}, trained on ${count(train)} images: ${percent(testAccuracy)} on the test images.`,
    `${model} in onnxruntime-node: ${agreement}, outputs within ${maxAbsDifference.toExponential(0)}.`,
  ]
}
