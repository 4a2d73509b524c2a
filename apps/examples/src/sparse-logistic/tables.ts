// The tables of the page.

import { markdownTable } from '../shared/page.ts'
import { truth } from './data.ts'
import { largest, type Measured } from './measure.ts'

const percent = (x: number) => `${(100 * x).toFixed(1)} %`

export function summary({ plan, l1, l2, refit, draws }: Measured): string {
  const paths = l1.map(({ strength, support, found, accuracy, loss }) => [
    `L1, λ = ${strength}`,
    String(support.length),
    String(found),
    String(support.length - found),
    percent(accuracy),
    loss.toFixed(3),
  ])
  const ridge = l2.map((outcome) => [
    `L2, λ = ${outcome.strength}`,
    String(outcome.support.length),
    String(outcome.found),
    String(outcome.support.length - outcome.found),
    percent(outcome.accuracy),
    outcome.loss.toFixed(3),
  ])
  const again = [
    `features of L1, λ = ${plan.chosen}, without penalty`,
    String(refit.support.length),
    String(refit.found),
    String(refit.support.length - refit.found),
    percent(refit.accuracy),
    refit.loss.toFixed(3),
  ]
  const chosen = l1.find(({ strength }) => strength === plan.chosen)
  const weights = [...truth].map(([feature, weight]) => [
    String(feature),
    String(weight),
    ...[chosen, refit].map((outcome) => (outcome?.kernel[feature] ?? Number.NaN).toFixed(2)),
  ])
  const exact = draws.filter(({ support, found }) => support.length === truth.size && found === truth.size).length
  const ranked = l2.filter((outcome) => largest(outcome, truth.size).every((feature) => truth.has(feature))).length
  return [
    '200 training and 1000 test samples of 300 features, five of which decide (made up).',
    markdownTable(
      ['penalty', 'weights not 0', 'true', 'false', 'test accuracy', 'test loss'],
      [...paths, again, ...ridge],
    ),
    `L1 with λ = ${plan.chosen} finds exactly the true features in ${exact} of ${draws.length} draws of the data.`,
    `The five largest weights are those of the true features at ${ranked} of ${l2.length} strengths of L2; none of its weights is 0.`,
    markdownTable(
      ['feature', 'true weight', `L1, λ = ${plan.chosen}`, 'without penalty on the features found'],
      weights,
    ),
  ].join('\n\n')
}
