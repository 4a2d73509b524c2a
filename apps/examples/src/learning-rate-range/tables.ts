// The table of the page.

import { markdownTable } from '../shared/page.ts'
import { batchSize, bestOf, highest, lowest, type Measured, type Plan } from './measure.ts'

const short = (x: number) => String(Number(x.toPrecision(2)))

export function summary(plan: Plan, measured: readonly Measured[]): string {
  const rows = measured.map(({ name, sweep, suggestion, runs, suggested }) => {
    const best = bestOf(runs)
    return [
      name,
      String(sweep.rates.length),
      short(sweep.rates.at(-1) ?? highest),
      short(suggestion),
      suggested.loss.toFixed(2),
      short(best.rate),
      best.loss.toFixed(2),
      bestOf(runs.filter(({ rate }) => rate <= suggestion / 50)).loss.toFixed(2),
    ]
  })
  return [
    `${plan.samples} generated digits (made up, not MNIST), a perceptron 784-64-10, batches of ${batchSize}. Sweeps of ${plan.steps} steps from ${lowest} to ${highest}; losses are those of the last of ${plan.epochs} epochs.`,
    markdownTable(
      [
        'optimizer',
        'steps until it ended',
        'last rate',
        'suggestion',
        'loss with it',
        `best of ${plan.rates.length} rates`,
        'loss with it',
        'loss with a fiftieth of the suggestion, or less',
      ],
      rows,
    ),
  ].join('\n\n')
}
