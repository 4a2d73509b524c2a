// The figure: how the two weights move under each penalty, over the ellipses of equal loss.

import type { Dataset } from '@gradwerk/core'
import type { TopLevelSpec } from 'vega-lite'
import { type LeastSquares, ridgeSolution } from '../shared/exact-regression.ts'
import { leastSquares, type Measured } from './measure.ts'
import { type Penalty, penalties, penaltyNames } from './training.ts'

interface Point {
  readonly x: number
  readonly y: number
  /** Points are joined in this order. */
  readonly order: number
}

const angles = Array.from({ length: 121 }, (_, i) => (2 * Math.PI * i) / 120)

/** By how much the loss exceeds its minimum at a distance from there: `dᵀ (XᵀX / n) d`. */
function excessAt({ inputs }: LeastSquares, dx: number, dy: number): number {
  return inputs.reduce((total, [x1 = 0, x2 = 0]) => total + (x1 * dx + x2 * dy) ** 2, 0) / inputs.length
}

/** Where the loss exceeds its minimum, which is at (a, b), by `excess`: a circle, seen through the Cholesky factor of `XᵀX / n`. */
function ellipse(problem: LeastSquares, [a = 0, b = 0]: readonly number[], excess: number): Point[] {
  const [p, r] = [excessAt(problem, 1, 0), excessAt(problem, 0, 1)]
  const q = (excessAt(problem, 1, 1) - p - r) / 2
  const [radius, first, second] = [Math.sqrt(excess), Math.sqrt(p), Math.sqrt(r - q ** 2 / p)]
  return angles.map((angle, order) => {
    const dy = (radius * Math.sin(angle)) / second
    return { x: a + (radius * Math.cos(angle) - (q / first) * dy) / first, y: b + dy, order }
  })
}

/** Where the penalty is what it is at a point: λ₁ (|c| + |s|) ρ + λ₂/2 ρ² = P along each direction. */
function penaltyContour({ l1, l2 }: Penalty, [a, b]: readonly [number, number]): Point[] {
  const level = l1 * (Math.abs(a) + Math.abs(b)) + (l2 / 2) * (a * a + b * b)
  return angles.map((angle, order) => {
    const slope = l1 * (Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle)))
    const radius = l2 === 0 ? level / slope : (Math.sqrt(slope * slope + 2 * l2 * level) - slope) / l2
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle), order }
  })
}

const parts = ['equal loss', 'equal penalty', 'steps'] as const
const colors = ['#b5b5b5', '#d55e00', '#0072b2']
const excesses = [0.01, 0.06, 0.4]

/** Later steps are too small to see. */
const drawnSteps = 40

function titleOf(name: Measured['name']): string {
  const { l1, l2 } = penalties[name]
  const strengths = [...(l1 > 0 ? [`λ₁ = ${l1}`] : []), ...(l2 > 0 ? [`λ₂ = ${l2}`] : [])]
  return name === 'none' ? 'no penalty' : `${name}: ${strengths.join(', ')}`
}

export function pathFigure(dataset: Dataset, measured: readonly Measured[]): TopLevelSpec {
  const problem = leastSquares(dataset)
  const minimum = ridgeSolution(problem, 0)
  const values = measured.flatMap(({ name, path, end }) => {
    const penalty = penalties[name]
    const draw = (part: (typeof parts)[number], line: string, points: readonly Point[]) =>
      points.map((point) => ({ penalty: titleOf(name), part, line, ...point }))
    const [a = 0, b = 0] = minimum
    // The one that touches the line of equal penalty is among them.
    const touching = name === 'none' ? [] : [excessAt(problem, end[0] - a, end[1] - b)]
    return [
      ...[...excesses, ...touching].flatMap((excess) =>
        draw('equal loss', `loss ${excess}`, ellipse(problem, minimum, excess)),
      ),
      ...(name === 'none' ? [] : draw('equal penalty', 'penalty', penaltyContour(penalty, end))),
      ...draw(
        'steps',
        'steps',
        [...path.slice(0, drawnSteps), end].map(([x, y], order) => ({ x, y, order })),
      ),
    ]
  })
  const x = {
    field: 'x',
    type: 'quantitative',
    title: 'weight of the area',
    scale: { domain: [-0.4, 1.8] as number[] },
  } as const
  const y = {
    field: 'y',
    type: 'quantitative',
    title: 'weight of the rooms',
    scale: { domain: [-0.6, 1.4] as number[] },
  } as const
  const color = {
    field: 'part',
    type: 'nominal',
    title: null,
    scale: { domain: [...parts], range: colors },
    legend: { orient: 'bottom', symbolType: 'stroke' },
  } as const
  return {
    title: 'Gradient descent on two correlated features',
    data: { values },
    facet: {
      field: 'penalty',
      type: 'nominal',
      title: null,
      sort: penaltyNames.map(titleOf),
    },
    columns: 2,
    spec: {
      width: 308,
      height: 280,
      encoding: { x, y },
      layer: [
        {
          data: { values: [{}] },
          mark: { type: 'rule', color: '#999', aria: false },
          encoding: { x: { datum: 0 }, y: { value: 0 }, y2: { value: 280 } },
        },
        {
          data: { values: [{}] },
          mark: { type: 'rule', color: '#999', aria: false },
          encoding: { y: { datum: 0 }, x: { value: 0 }, x2: { value: 308 } },
        },
        {
          mark: { type: 'line', strokeWidth: 1.6, clip: true, aria: false },
          encoding: { color, detail: { field: 'line' }, order: { field: 'order', type: 'quantitative' } },
        },
        {
          transform: [{ filter: "datum.part === 'steps'" }],
          mark: { type: 'point', filled: true, size: 22, opacity: 1, clip: true, aria: false },
          encoding: { color },
        },
      ],
    },
  }
}
