// The table at the end of a run.

import Table from 'cli-table3'
import { configurationNamed } from './configurations.ts'
import { count, decimal, level, percent } from './format.ts'
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

/** A table without lines, to be filled: the first columns are text, the others numbers. */
export function openTable(heads: readonly string[], texts = 1): Table.Table {
  return new Table({
    colAligns: heads.map((_, column) => (column < texts ? 'left' : 'right')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: rules,
  })
}

/** What the figures were measured on. */
export function datasetLine({ name, real, train, validation, test }: Summary['dataset']): string {
  const images = `${count(train)} training, ${count(validation)} validation and ${count(test)} test images`
  return real ? `${name}: ${images}` : `NOT MNIST but ${name}: ${images}`
}

/** Means over the seeds; the test accuracy with its 95 % confidence interval. */
export function resultTable({ configurations, final, settings: { target } }: Summary, style: Style): string {
  const heads = target === null ? titles : [...titles, `s to ${level(target)}`]
  const table = openTable(heads)
  const gap = heads.map(() => '')
  const timed = (cells: string[], cell: () => string) => (target === null ? cells : [...cells, cell()])
  table.push(heads.map((title) => style.dim(title)))
  const networkOf = ({ name }: { readonly name: string }) => configurationNamed(name).network
  for (const network of new Set(configurations.map(networkOf))) {
    const rows = configurations.filter((one) => networkOf(one) === network)
    if (rows.length > 0 && table.length > 1) table.push(gap)
    table.push(...rows.map((row) => timed(summaryRow(row, style), () => secondsCell(row))))
  }
  if (final !== null)
    table.push(
      gap,
      timed(
        row(`${final.configuration}, ${count(final.train)} images`, [final], percent(final.testAccuracy)),
        () => '–',
      ),
    )
  return table.toString()
}

function summaryRow({ name, trials, failures, testAccuracy }: ConfigurationSummary, style: Style): string[] {
  const nothing = failures.length > 0 ? style.bad('failed') : '–'
  return row(name, trials, testAccuracy === null ? nothing : style.bold(interval(testAccuracy)))
}

/** 9.8 ± 0.6 */
function secondsCell({ secondsToTarget }: ConfigurationSummary): string {
  if (secondsToTarget === null) return '–'
  const { mean, ci95 } = secondsToTarget
  return ci95 === null ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${ci95.toFixed(1)}`
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
