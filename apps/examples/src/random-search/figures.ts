// The figure: what the best of k random trials reaches beside the grids, and accuracy by the parameter that matters and by one that does not.

import type { TopLevelSpec } from 'vega-lite'
import { best, bestOf } from './efficiency.ts'
import type { Measured } from './measure.ts'
import { titles } from './network.ts'

type Unit = Extract<Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number], { mark: unknown }>
type Layered = Extract<Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number], { layer: unknown }>

const [blue, orange] = ['#0072b2', '#d55e00']
const trialsAxis = {
  field: 'trials',
  type: 'quantitative',
  title: 'trials',
  scale: { type: 'log', domain: [1, 300] as number[], nice: false },
} as const
const scale = { domain: [0.7, 0.9] as number[], nice: false } as const

function efficiencyPanel({ random, grids }: Measured): Layered {
  const curve = random.map((_, i) => ({
    trials: i + 1,
    low: bestOf(random, i + 1, 0.95),
    middle: bestOf(random, i + 1, 0.5),
    high: bestOf(random, i + 1, 0.05),
  }))
  const points = grids.map(({ trials, points }) => ({
    trials: trials.length,
    accuracy: best(trials),
    grid: `grid of ${points} values`,
  }))
  return {
    title: 'Best of so many random trials, and of grids',
    width: 380,
    height: 300,
    layer: [
      {
        data: { values: curve },
        mark: { type: 'area', clip: true, color: blue, opacity: 0.2, aria: false },
        encoding: {
          x: trialsAxis,
          y: { field: 'low', type: 'quantitative', title: 'validation accuracy', scale },
          y2: { field: 'high' },
        },
      },
      {
        data: { values: curve },
        mark: { type: 'line', clip: true, color: blue, aria: false },
        encoding: { x: trialsAxis, y: { field: 'middle', type: 'quantitative', scale } },
      },
      {
        data: { values: points },
        mark: { type: 'point', color: orange, filled: true, size: 50, opacity: 0.8, aria: false },
        encoding: {
          x: trialsAxis,
          y: { field: 'accuracy', type: 'quantitative', scale },
          shape: { field: 'grid', type: 'nominal', title: null },
        },
      },
    ],
  }
}

/** Every random trial as a point. */
function parameterPanel({ random }: Measured, path: string): Unit {
  const values = random.map(({ parameters, accuracy }) => ({ value: parameters[path], accuracy }))
  return {
    data: { values },
    width: 240,
    height: 125,
    mark: { type: 'point', color: blue, filled: true, size: 12, opacity: 0.6, aria: false },
    encoding: {
      x: { field: 'value', type: 'quantitative', title: titles[path] ?? path, scale: { type: 'log', nice: false } },
      y: { field: 'accuracy', type: 'quantitative', title: 'accuracy' },
    },
  }
}

export function efficiencyFigure(measured: Measured): TopLevelSpec {
  const panels = ['optimizer.learningRate', 'penalty.strength'].map((path) => parameterPanel(measured, path))
  return { hconcat: [efficiencyPanel(measured), { vconcat: panels }] }
}
