// The table at the end of a run, and what is said below it.

import Table from 'cli-table3'
import { configurationNamed } from './configurations.ts'
import { count, decimal, duration, percent, plural } from './format.ts'
import { type Estimate, mean } from './statistics.ts'
import type { Style } from './style.ts'
import type { ConfigurationSummary, Summary } from './summary.ts'
import type { Figures } from './trial.ts'

const titles = [
  '',
  'train loss',
  'validation',
  'test accuracy',
  'gap',
  'zero weights',
  'weight norm',
  'epochs',
  'seconds',
  's / epoch',
]

/** No lines but the one below the head. */
const rules = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** What the figures were measured on. */
export function datasetLine({ name, real, train, validation, test }: Summary['dataset']): string {
  const images = `${count(train)} training, ${count(validation)} validation and ${count(test)} test images`
  return real ? `${name}: ${images}` : `NOT MNIST but ${name}: ${images}`
}

/** Means over the seeds; the test accuracy with its 95 % confidence interval. */
export function resultTable({ configurations, final }: Summary, style: Style): string {
  const table = new Table({
    colAligns: titles.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: rules,
  })
  const gap = titles.map(() => '')
  table.push(titles.map((title) => style.dim(title)))
  const networkOf = ({ name }: { readonly name: string }) => configurationNamed(name).network
  for (const network of new Set(configurations.map(networkOf))) {
    const rows = configurations.filter((one) => networkOf(one) === network)
    if (rows.length > 0 && table.length > 1) table.push(gap)
    table.push(...rows.map((row) => summaryRow(row, style)))
  }
  if (final !== null)
    table.push(gap, row(`${final.configuration}, ${count(final.train)} images`, [final], percent(final.testAccuracy)))
  return table.toString()
}

function summaryRow({ name, trials, failures, testAccuracy }: ConfigurationSummary, style: Style): string[] {
  const nothing = failures.length > 0 ? style.bad('failed') : '–'
  return row(name, trials, testAccuracy === null ? nothing : style.bold(interval(testAccuracy)))
}

/** 97.12 ± 0.15 % */
export function interval({ mean, ci95 }: Estimate): string {
  return ci95 === null ? percent(mean) : `${(100 * mean).toFixed(2)} ± ${percent(ci95)}`
}

function row(name: string, trials: readonly Figures[], testAccuracy: string): string[] {
  const over = (figure: (trial: Figures) => number, show: (x: number) => string) =>
    trials.length === 0 ? '–' : show(mean(trials.map(figure)))
  return [
    name,
    over(({ trainLoss }) => trainLoss, decimal),
    over(({ validationAccuracy }) => validationAccuracy, percent),
    testAccuracy,
    over(({ generalizationGap }) => generalizationGap, decimal),
    over(
      ({ zeroWeights }) => zeroWeights,
      (part) => percent(part, 1),
    ),
    over(({ weightNorm }) => weightNorm, decimal),
    over(
      ({ epochs }) => epochs,
      (x) => x.toFixed(Number.isInteger(x) ? 0 : 1),
    ),
    over(
      ({ seconds }) => seconds,
      (x) => x.toFixed(1),
    ),
    over(
      ({ secondsPerEpoch }) => secondsPerEpoch,
      (x) => x.toFixed(2),
    ),
  ]
}

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
    ...(dataset.real ? [] : [`These figures were measured on ${dataset.name}, NOT on MNIST.`]),
    ...failures,
    ...(best === null ? [] : bestLines(best)),
    `${status === 'interrupted' ? 'Interrupted' : 'Done'} after ${duration(seconds)} with ${plural(settings.workers, 'worker')}.`,
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
