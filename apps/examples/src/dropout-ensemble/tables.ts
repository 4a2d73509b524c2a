// The tables of the page.

import { markdownTable } from '../shared/page.ts'
import type { Gap, Measured, Plan } from './measure.ts'

const percent = (x: number) => `${(100 * x).toFixed(1)} %`

/** Below what float32 can tell. */
const gap = ({ mean, largest }: Gap) => (largest < 1e-5 ? '< 0.00001' : `${mean.toFixed(3)}, ${largest.toFixed(3)}`)

export function summary({ dropProbability, samples }: Plan, measured: readonly Measured[]): string {
  const names = measured.map(({ name }) => name)
  const row = (title: string, show: (one: Measured) => string) => [title, ...measured.map(show)]
  const passes = (measured[0]?.passes ?? []).map(({ passes }, i) =>
    row(`${passes}`, (one) => {
      const at = one.passes[i]
      return at === undefined ? '' : `${at.distance.toFixed(3)} (${at.expected.toFixed(3)})`
    }),
  )
  return [
    `Drop probability ${dropProbability}; 1024 sub-networks; ${samples} samples that were not trained on.`,
    'Differences between the scaled network and a mean over all sub-networks: mean and largest over samples and classes.',
    markdownTable(
      ['network', ...names],
      [
        row('mean of logits', (one) => gap(one.logits)),
        row('geometric mean of probabilities', (one) => gap(one.geometric)),
        row('arithmetic mean of probabilities', (one) => gap(one.arithmetic)),
        row('same class as the arithmetic mean', ({ agreement }) => percent(agreement)),
      ],
    ),
    'Test accuracy.',
    markdownTable(
      ['network', ...names],
      [
        row('scaled network', ({ accuracy }) => percent(accuracy.scaled)),
        row('arithmetic mean of all sub-networks', ({ accuracy }) => percent(accuracy.average)),
        row('a sub-network, on average', ({ accuracy }) => percent(accuracy.single)),
      ],
    ),
    'Root-mean-square distance between the mean logits of T random masks and of all sub-networks, and σ / √T in brackets.',
    markdownTable(['T', ...names], passes),
  ].join('\n\n')
}
