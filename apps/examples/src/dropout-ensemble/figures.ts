// The figure: means over random masks, and the scaled network against both means over all sub-networks.

import type { TopLevelSpec } from 'vega-lite'
import type { Measured } from './measure.ts'
import { networkNames } from './networks.ts'

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

/** More points would only hide each other. */
const drawn = 180

function passesPanel(measured: readonly Measured[]): Panel {
  const values = measured.flatMap(({ name, passes }) => passes.map((one) => ({ name, ...one })))
  const scale: { domain: string[]; range: string[] } = {
    domain: [...networkNames],
    range: ['#009e73', '#0072b2', '#d55e00'],
  }
  const color = {
    field: 'name',
    type: 'nominal',
    title: null,
    scale,
    legend: { orient: 'bottom', columns: 1, labelLimit: 300 },
  } as const
  const x = {
    field: 'passes',
    type: 'quantitative',
    title: 'random masks T',
    scale: { type: 'log', domain: [2, 2048] as number[], nice: false },
    axis: { values: [2, 8, 32, 128, 512, 2048] as number[], grid: false, labelOverlap: false, labelFlush: false },
  } as const
  const y = (field: string) =>
    ({
      field,
      type: 'quantitative',
      title: 'distance of mean logits',
      scale: { type: 'log', domain: [0.03, 3] as number[] },
      axis: { values: [0.03, 0.1, 0.3, 1, 3] as number[], format: '~g' },
    }) as const
  return {
    title: 'Random masks: points; σ / √T: lines',
    data: { values },
    width: 220,
    height: 220,
    layer: [
      { mark: { type: 'line', strokeWidth: 1.5, aria: false }, encoding: { x, y: y('expected'), color } },
      {
        mark: { type: 'point', filled: true, size: 45, opacity: 1, aria: false },
        encoding: { x, y: y('distance'), color },
      },
    ],
  }
}

function probabilitiesPanel({ name, probabilities }: Measured): Panel {
  const means = ['arithmetic mean', 'geometric mean'] as const
  const values = probabilities.slice(0, drawn).flatMap(({ scaled, arithmetic, geometric }) => [
    { scaled, mean: arithmetic, of: means[0] },
    { scaled, mean: geometric, of: means[1] },
  ])
  const scale: { domain: string[]; range: string[] } = { domain: [...means], range: ['#e69f00', '#0072b2'] }
  const x = {
    field: 'scaled',
    type: 'quantitative',
    title: 'scaled network',
    scale: { domain: [0, 1] as number[] },
  } as const
  const y = {
    field: 'mean',
    type: 'quantitative',
    title: 'all sub-networks',
    scale: { domain: [0, 1] as number[] },
  } as const
  const color = { field: 'of', type: 'nominal', title: null, scale, legend: { orient: 'bottom', columns: 1 } } as const
  const diagonal = [
    { scaled: 0, mean: 0 },
    { scaled: 1, mean: 1 },
  ]
  return {
    title: `Probabilities: ${name}`,
    width: 220,
    height: 220,
    layer: [
      {
        data: { values: diagonal },
        mark: { type: 'line', color: '#999', strokeWidth: 1, aria: false },
        encoding: { x, y },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 14, opacity: 0.8, aria: false },
        encoding: { x, y, color },
      },
    ],
  }
}

export function ensembleFigure(measured: readonly Measured[]): TopLevelSpec {
  return {
    hconcat: [passesPanel(measured), ...measured.filter(({ name }) => name !== 'linear').map(probabilitiesPanel)],
    resolve: { scale: { color: 'independent', x: 'independent', y: 'independent' } },
  }
}
