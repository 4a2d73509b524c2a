// The tables of the page.

import { markdownTable } from '../shared/page.ts'
import { type Estimate, estimate } from '../shared/statistics.ts'
import { cellOf, spreadOverInitializers, trains } from './claims.ts'
import { logEstimate, titles } from './figures.ts'
import { type Cell, finalLoss } from './measure.ts'
import {
  type ActivationName,
  activationNames,
  type InitializerName,
  initializerNames,
  normalizerNames,
} from './network.ts'
import type { Results } from './results.ts'

const percent = (x: number) => `${(100 * x).toFixed(1)} %`
const between = ({ mean, ci95 }: Estimate) => `${(100 * mean).toFixed(1)} ± ${(100 * ci95).toFixed(1)} %`
const loss = (x: number) => (Number.isFinite(x) ? x.toFixed(2) : 'diverged')

/** One row for each initializer, one column for each normalizer. */
function grid(
  cells: readonly Cell[],
  activation: ActivationName,
  show: (cell: Cell) => string,
  last: string[][] = [],
): string {
  const row = (name: InitializerName) => [
    titles[name],
    ...normalizerNames.map((normalizer) => show(cellOf(cells, { activation, normalizer }, name))),
  ]
  return markdownTable([activation, ...normalizerNames], [...initializerNames.map(row), ...last])
}

function accuracies(cells: readonly Cell[], activation: ActivationName): string {
  const spread = normalizerNames.map((normalizer) => percent(spreadOverInitializers(cells, { activation, normalizer })))
  return grid(
    cells,
    activation,
    (cell) => {
      const text = between(estimate(cell.outcomes.map(({ accuracy }) => accuracy)))
      return trains(cell) ? `**${text}**` : text
    },
    [['spread without zeros', ...spread]],
  )
}

const exponential = (x: number) => (x === 0 ? '0' : x.toExponential(1))

function statisticsTable(cells: readonly Cell[], activation: ActivationName): string {
  const at = (cell: Cell, quantity: 'activation' | 'activationGradient', index: number) => {
    const found = cell.statistics.map((layers) => layers.at(index)?.[quantity].deviation ?? 0)
    const estimated = logEstimate(found)
    return estimated === undefined ? '0' : exponential(10 ** estimated.mean)
  }
  return grid(cells, activation, (cell) => `${at(cell, 'activation', -1)}, ${at(cell, 'activationGradient', 0)}`)
}

function meansTable(cells: readonly Cell[], activation: ActivationName): string {
  return grid(cells, activation, ({ statistics }) => {
    const { mean, ci95 } = estimate(statistics.map((layers) => layers.at(-1)?.activation.mean ?? 0))
    return Math.abs(mean) < 1e-3 && ci95 < 1e-3 ? exponential(mean) : `${mean.toFixed(3)} ± ${ci95.toFixed(3)}`
  })
}

function triedTable({ cells }: Results, activation: ActivationName): string {
  return grid(cells, activation, ({ tried, learningRate }) =>
    tried.map((one) => (one.learningRate === learningRate ? `**${loss(one.loss)}**` : loss(one.loss))).join(', '),
  )
}

function symmetryTable({ symmetry, plan }: Results): string {
  return markdownTable(
    ['start, activation', 'hidden layers whose units are identical', 'largest change of a hidden weight', 'accuracy'],
    symmetry.map(({ initializer, activation, identicalLayers, hiddenChange, accuracy }) => [
      `${initializer}, ${activation}`,
      `${identicalLayers} of ${plan.depth}`,
      exponential(hiddenChange),
      percent(accuracy),
    ]),
  )
}

/** Everything that was measured, as Markdown. */
export function summary(results: Results): string {
  const { cells, dataset, plan } = results
  const steps = Math.ceil(dataset.samples / plan.batchSize) * plan.epochs
  const each = (of: (activation: ActivationName) => string) => activationNames.map(of).join('\n\n')
  const losses = (cell: Cell) =>
    loss(estimate(cell.outcomes.map((outcome) => finalLoss({ ...outcome, final: true }))).mean)
  return [
    `${dataset.samples} ${dataset.name}${dataset.real ? '' : ' (made-up data, not MNIST)'}; ${plan.depth} hidden layers of ${plan.width} units; ${steps} steps of ${plan.batchSize} samples; seeds ${plan.seeds.join(', ')}; ${results.backend}.`,
    'Training accuracy, mean ± 95 % interval. Bold: the final loss is below 0.9 · ln 10 by more than its interval. The spread is the standard deviation of a column’s means.',
    each((activation) => accuracies(cells, activation)),
    'Final loss (mean of the last 16 steps, and over seeds; chance is ln 10 = 2.30).',
    each((activation) => grid(cells, activation, losses)),
    'Before training: standard deviation of the last hidden layer’s activations, and of the gradient by the first hidden layer’s activations (geometric means over seeds).',
    each((activation) => statisticsTable(cells, activation)),
    'Before training: mean of the last hidden layer’s activations.',
    each((activation) => meansTable(cells, activation)),
    'Zero and other constant weights, after training.',
    symmetryTable(results),
    `Final loss with seed ${plan.tuningSeed} at the learning rates ${plan.learningRates.join(', ')}; bold is what the other seeds were trained with.`,
    each((activation) => triedTable(results, activation)),
  ].join('\n\n')
}
