// The figure: estimates of all draws, and where their error comes from.

import type { TopLevelSpec } from 'vega-lite'
import { type Draws, truth } from './data.ts'
import { type AtStrength, summarize } from './measure.ts'
import { predict } from './theory.ts'

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number]

const shown = [0, 0.1] as const
/** More points would only hide each other. */
const drawn = 300

function cloudPanel(measured: readonly AtStrength[]): Panel {
  const title = (strength: number) => (strength === 0 ? 'no penalty' : `L2, λ = ${strength}`)
  const values = measured
    .filter(({ strength }) => shown.some((one) => one === strength))
    .flatMap(({ strength, estimates }) =>
      estimates.slice(0, drawn).map(([a, b]) => ({ a, b, penalty: title(strength) })),
    )
  const domain: number[] = [-1.5, 3.5]
  const x = { field: 'a', type: 'quantitative', title: 'ŵ₁', scale: { domain } } as const
  const y = { field: 'b', type: 'quantitative', title: 'ŵ₂', scale: { domain } } as const
  const scale: { domain: string[]; range: string[] } = { domain: shown.map(title), range: ['#b0b0b0', '#0072b2'] }
  return {
    title: 'Estimates from fresh data',
    width: 300,
    height: 300,
    layer: [
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 12, opacity: 0.7, clip: true, aria: false },
        encoding: {
          x,
          y,
          color: { field: 'penalty', type: 'nominal', title: null, scale, legend: { orient: 'bottom' } },
        },
      },
      {
        data: { values: [{ a: truth[0], b: truth[1], label: 'true weights' }] },
        mark: { type: 'point', shape: 'cross', size: 140, filled: true, color: '#d55e00', opacity: 1, aria: false },
        encoding: { x, y },
      },
      {
        data: { values: [{ a: truth[0], b: truth[1], label: 'true weights' }] },
        mark: { type: 'text', align: 'left', dx: 10, dy: -8, color: '#d55e00', fontWeight: 'bold', aria: false },
        encoding: { x, y, text: { field: 'label' } },
      },
    ],
  }
}

const quantities = ['error', 'variance', 'squared bias'] as const

function errorPanel({ correlation, samples }: Draws, measured: readonly AtStrength[]): Panel {
  const row = (strength: number, variance: number, bias: number, error: number) =>
    [error, variance, bias].map((value, i) => ({ strength, quantity: quantities[i], value }))
  const points = measured
    .filter(({ strength }) => strength > 0)
    .flatMap((one) => {
      const { variance, squaredBias, error } = summarize(one)
      return row(one.strength, variance, squaredBias, error)
    })
  const lines = Array.from({ length: 61 }, (_, i) => 0.004 * 10 ** (i / 20)).flatMap((strength) => {
    const { variance, squaredBias } = predict(correlation, samples, strength)
    return row(strength, variance, squaredBias, variance + squaredBias)
  })
  const scale: { domain: string[]; range: string[] } = {
    domain: [...quantities],
    range: ['#000000', '#0072b2', '#d55e00'],
  }
  const color = { field: 'quantity', type: 'nominal', title: null, scale, legend: { orient: 'bottom' } } as const
  const x = {
    field: 'strength',
    type: 'quantitative',
    title: 'strength λ',
    scale: { type: 'log', domain: [0.004, 4] as number[], nice: false },
    axis: { values: [0.01, 0.03, 0.1, 0.3, 1, 3] as number[], format: '~g', labelOverlap: false },
  } as const
  const y = { field: 'value', type: 'quantitative', title: 'sum over the two weights' } as const
  return {
    title: 'Error: trained (points), closed form (lines)',
    width: 360,
    height: 300,
    layer: [
      { data: { values: lines }, mark: { type: 'line', strokeWidth: 1.8, aria: false }, encoding: { x, y, color } },
      {
        data: { values: points },
        mark: { type: 'point', filled: true, size: 40, opacity: 1, aria: false },
        encoding: { x, y, color },
      },
    ],
  }
}

export function twinsFigure(draws: Draws, measured: readonly AtStrength[]): TopLevelSpec {
  return {
    hconcat: [cloudPanel(measured), errorPanel(draws, measured)],
    resolve: { scale: { color: 'independent', x: 'independent', y: 'independent' } },
  }
}
