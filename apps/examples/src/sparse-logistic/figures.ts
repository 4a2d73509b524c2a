// The figure: weights along the path, and by feature under L1 and L2.

import type { TopLevelSpec } from 'vega-lite'
import { truth } from './data.ts'
import type { Measured } from './measure.ts'
import type { Outcome } from './training.ts'

const kinds = ['decides', 'irrelevant'] as const
const kindOf = (feature: number) => kinds[truth.has(feature) ? 0 : 1]

type Unit = Extract<Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number], { mark: unknown }>

const color = {
  field: 'kind',
  type: 'nominal',
  title: 'feature',
  scale: { domain: [...kinds] as string[], range: ['#0072b2', '#b0b0b0'] as string[] },
} as const

/** Weights against the strength; features that stay 0 all along are left out. */
function pathPanel({ l1 }: Measured): Unit {
  const features = new Set(l1.flatMap(({ support }) => support))
  const values = [...features].flatMap((feature) =>
    l1.map(({ strength, kernel }) => ({ feature, strength, weight: kernel[feature], kind: kindOf(feature) })),
  )
  return {
    title: 'L1: weights along the path',
    data: { values },
    width: 330,
    height: 300,
    mark: { type: 'line', strokeWidth: 1.5, aria: false },
    encoding: {
      x: {
        field: 'strength',
        type: 'quantitative',
        title: 'strength λ',
        scale: { type: 'log', domain: [0.025, 0.2], reverse: true, nice: false },
        axis: { values: [0.2, 0.15, 0.1, 0.07, 0.05, 0.04, 0.03], format: '~g', labelOverlap: false },
      },
      y: { field: 'weight', type: 'quantitative', title: 'weight' },
      color,
      detail: { field: 'feature' },
    },
  }
}

/** Every weight as a line from 0. */
function weightsPanel(title: string, { kernel }: Outcome): Unit {
  const values = kernel.flatMap((weight, feature) => (weight === 0 ? [] : [{ feature, weight, kind: kindOf(feature) }]))
  return {
    title,
    data: { values },
    width: 330,
    height: 110,
    mark: { type: 'bar', size: 2, aria: false },
    encoding: {
      x: {
        field: 'feature',
        type: 'quantitative',
        title: 'feature',
        scale: { domain: [0, kernel.length], nice: false },
      },
      y: { field: 'weight', type: 'quantitative', title: 'weight' },
      color,
      // Those that decide are drawn last.
      order: { field: 'kind', sort: 'descending' },
    },
  }
}

export function sparsityFigure(measured: Measured): TopLevelSpec {
  const lasso = measured.l1.find(({ strength }) => strength === measured.plan.chosen)
  const ridge = measured.l2.toSorted((a, b) => a.loss - b.loss)[0]
  const panels = [
    ...(lasso === undefined ? [] : [weightsPanel(`L1, λ = ${lasso.strength}`, lasso)]),
    ...(ridge === undefined ? [] : [weightsPanel(`L2, λ = ${ridge.strength}`, ridge)]),
  ]
  return { hconcat: [pathPanel(measured), { vconcat: panels }] }
}
