// The figure: the sweep of each optimizer, and below it what constant rates reach.

import type { TopLevelSpec } from 'vega-lite'
import { highest, lowest, type Measured } from './measure.ts'

const rows = ['one sweep', 'a run at each rate'] as const
const parts = ['a batch', 'smoothed', 'a run', 'suggestion'] as const
const colors = ['#b5b5b5', '#0072b2', '#000000', '#d55e00']

/** The loss of chance, ln 10, is 2.3: what lies far above is cut off. */
const ceiling = 3.5

interface Point {
  readonly rate: number
  readonly loss: number
}

function pointsOf({ name, sweep, suggestion, runs, suggested }: Measured) {
  const draw = (row: (typeof rows)[number], part: (typeof parts)[number], points: readonly Point[]) =>
    points.map(({ rate, loss }) => ({ name, row, part, rate, loss: Math.min(loss, ceiling) }))
  const along = (losses: readonly number[]) => losses.map((loss, i) => ({ rate: sweep.rates[i] ?? lowest, loss }))
  const rule = [0, ceiling].map((loss) => ({ rate: suggestion, loss }))
  return [
    ...draw('one sweep', 'a batch', along(sweep.losses)),
    ...draw('one sweep', 'smoothed', along(sweep.smoothed)),
    ...draw('one sweep', 'suggestion', rule),
    ...draw(
      'a run at each rate',
      'a run',
      [...runs, suggested].toSorted((a, b) => a.rate - b.rate),
    ),
    ...draw('a run at each rate', 'suggestion', rule),
  ]
}

export function rangeFigure(measured: readonly Measured[]): TopLevelSpec {
  const x = {
    field: 'rate',
    type: 'quantitative',
    title: 'learning rate',
    scale: { type: 'log', domain: [lowest, highest] as number[], nice: false },
    axis: { values: [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10] as number[], format: '~g' },
  } as const
  const y = {
    field: 'loss',
    type: 'quantitative',
    title: 'training loss',
    scale: { domain: [0, ceiling] as number[] },
  } as const
  const color = {
    field: 'part',
    type: 'nominal',
    title: null,
    scale: { domain: [...parts] as string[], range: colors },
    legend: { orient: 'bottom' },
  } as const
  return {
    title: 'Learning-rate range test',
    data: { values: measured.flatMap(pointsOf) },
    facet: {
      column: { field: 'name', type: 'nominal', title: null, sort: measured.map(({ name }) => name) },
      row: { field: 'row', type: 'nominal', title: null, sort: [...rows] as string[] },
    },
    spec: {
      width: 250,
      height: 180,
      encoding: { x, y, color },
      layer: [
        {
          transform: [{ filter: "datum.part === 'a batch' || datum.part === 'a run'" }],
          mark: { type: 'point', filled: true, size: 16, opacity: 0.9, aria: false },
        },
        {
          transform: [{ filter: "datum.part !== 'a batch'" }],
          mark: { type: 'line', strokeWidth: 1.6, aria: false },
        },
      ],
    },
  }
}
