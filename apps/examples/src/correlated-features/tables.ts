// The table of the page.

import { markdownTable } from '../shared/page.ts'
import { type Draws, noise, truth } from './data.ts'
import { type AtStrength, summarize } from './measure.ts'
import { predict } from './theory.ts'

export function summary({ correlation, samples, draws }: Draws, measured: readonly AtStrength[]): string {
  const rows = measured.map((one) => {
    const { mean, deviations, error, gap } = summarize(one)
    const theory = predict(correlation, samples, one.strength)
    return [
      one.strength === 0 ? 'none' : `λ = ${one.strength}`,
      ...[mean[0], theory.mean[0], mean[1], theory.mean[1], deviations[0], theory.deviation].map((x) => x.toFixed(3)),
      ...[error, theory.variance + theory.squaredBias, gap].map((x) => x.toFixed(3)),
    ]
  })
  return [
    `${samples} samples whose two features have a correlation of ${correlation.toFixed(4)}; true weights ${truth.join(' and ')}, noise of deviation ${noise}; ${draws} draws of the noise.`,
    'Beside each figure of the trained models: the closed form.',
    markdownTable(
      ['L2', 'mean ŵ₁', '', 'mean ŵ₂', '', 'deviation of ŵ₁', '', 'mean ‖ŵ − w‖²', '', 'mean distance of ŵ₁ and ŵ₂'],
      rows,
    ),
  ].join('\n\n')
}
