// The tables of the page.

import { markdownTable } from '../shared/page.ts'
import { features, houses, scaleOf } from './data.ts'
import type { Measured } from './measure.ts'
import { learningRate } from './training.ts'
import type { Update } from './updates.ts'

/** Seven digits, what float32 has. */
const digits = (x: number) => (x === 0 ? '0' : x.toFixed(7))

function updateRow(name: string, update: Update): string[] {
  const { step, weight, before, lossGradient, penaltyGradient, proximal, sum, after } = update
  return [
    `${name}, step ${step}, ${features[weight]}`,
    ...[before, -learningRate * lossGradient, -learningRate * penaltyGradient, proximal, sum, after].map(digits),
  ]
}

export function summary(measured: readonly Measured[]): string {
  const sold = houses()
  const scales = features.map((feature) => scaleOf(sold.map((house) => house[feature])))
  const each = (weight: number, i: number) => ((100 * weight) / (scales[i]?.deviation ?? 1)).toFixed(2)
  const updates = measured.flatMap(({ name, updates }) => updates.map((update) => updateRow(name, update)))
  const ends = measured.map(({ name, end, exact }) => [
    name,
    ...[end[0], exact[0], end[1], exact[1]].map((x) => x.toFixed(4)),
    each(end[0], 0),
    each(end[1], 1),
  ])
  const exactly = measured.flatMap(({ updates }) => updates).filter(({ sum, after }) => Object.is(sum, after)).length
  return [
    `${sold.length} made-up houses. Step size η = ${learningRate}, all houses in every step, weights from 0.`,
    `The first steps. The sum equals the trainer’s new weight, bit for bit, in ${exactly} of ${updates.length} rows.`,
    markdownTable(
      ['penalty, step, weight', 'w', '−η · ∂L/∂w', '−η · λ₂ w', 'proximal map', 'sum', 'the trainer’s new w'],
      updates,
    ),
    `After ${(measured[0]?.path.length ?? 1) - 1} steps, beside the exact solution, and in thousands for a square metre and for a room.`,
    markdownTable(['penalty', 'area', 'exact', 'rooms', 'exact', 'per m²', 'per room'], ends),
  ].join('\n\n')
}
