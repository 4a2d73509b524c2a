// The figures of the example, as Vega-Lite specifications.

import type { TopLevelSpec } from 'vega-lite'
import { type Estimate, estimate } from '../shared/statistics.ts'
import type { LayerStatistics } from './initial-statistics.ts'
import type { Cell } from './measure.ts'
import {
  type ActivationName,
  activationNames,
  type InitializerName,
  initializerNames,
  normalizerNames,
} from './network.ts'

export const titles: Readonly<Record<InitializerName, string>> = {
  zeros: 'zeros',
  normal: 'normal, σ = 0.01',
  xavier: 'Xavier',
  he: 'He',
  lecun: 'LeCun',
  orthogonal: 'orthogonal',
  lsuv: 'LSUV',
}

const colors: Readonly<Record<InitializerName, string>> = {
  zeros: '#000000',
  normal: '#999999',
  xavier: '#d55e00',
  he: '#0072b2',
  lecun: '#e69f00',
  orthogonal: '#009e73',
  lsuv: '#cc79a7',
}

/** The colours of initializers. */
function colorOf(shown: readonly InitializerName[]): {
  field: string
  type: 'nominal'
  title: string
  scale: { domain: string[]; range: string[] }
} {
  const scale = { domain: shown.map((name) => titles[name]), range: shown.map((name) => colors[name]) }
  return { field: 'initializer', type: 'nominal', title: 'initializer', scale }
}

function facetOf(
  field: string,
  order: readonly string[],
): { field: string; type: 'nominal'; title: null; sort: string[]; header: { labelFontSize: number } } {
  return { field, type: 'nominal', title: null, sort: [...order], header: { labelFontSize: 11 } }
}

const column = facetOf('normalizer', normalizerNames)

const quantities = {
  activations: (of) => of.activation,
  'gradients by activations': (of) => of.activationGradient,
  'gradients by kernels': (of) => of.kernelGradient,
} as const satisfies Readonly<Record<string, (of: LayerStatistics) => LayerStatistics['activation']>>

/** Mean and interval of the logarithm: what shrinks by a factor in every layer is a straight line. Nothing, where one is 0. */
export function logEstimate(numbers: readonly number[]): Estimate | undefined {
  return numbers.every((x) => x > 0) ? estimate(numbers.map((x) => Math.log10(x))) : undefined
}

type Layers = Extract<TopLevelSpec, { facet: unknown; spec: unknown }>['spec']
interface Vertical {
  readonly title: string
  readonly scale: { type?: 'log'; domain: number[] }
  readonly axis?: { values: number[]; format: string }
}

/** A line through the means over a band of their intervals. */
function bandAndLine(
  color: ReturnType<typeof colorOf>,
  vertical: Vertical,
): Extract<Layers, { layer: unknown }>['layer'] {
  const y = { type: 'quantitative', ...vertical } as const
  // One legend for both, drawn as lines.
  const banded = { ...color, legend: { symbolType: 'stroke', symbolOpacity: 1 } }
  return [
    {
      mark: { type: 'area', opacity: 1, fillOpacity: 0.15, clip: true },
      encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
    },
    { mark: { type: 'line', strokeWidth: 1.8, clip: true }, encoding: { y: { ...y, field: 'value' }, color: banded } },
  ]
}

/** Below this, lines end: float32 itself ends at 1e-38. */
const floor = 1e-14

/** Standard deviation against depth, before training. */
export function statisticsFigure(cells: readonly Cell[], activation: ActivationName): TopLevelSpec {
  const shown = cells.filter((cell) => cell.activation === activation && cell.initializer !== 'zeros')
  const values = shown.flatMap(({ initializer, normalizer, statistics }) =>
    Object.entries(quantities).flatMap(([quantity, of]) =>
      (statistics[0] ?? []).flatMap(({ layer }, i) => {
        const found = logEstimate(statistics.map((layers) => of(layers[i] as LayerStatistics).deviation))
        if (found === undefined) return []
        const { mean, ci95 } = found
        const [value, low, high] = [mean, mean - ci95, mean + ci95].map((x) => 10 ** x)
        return [{ initializer: titles[initializer], normalizer, quantity, layer, value, low, high }]
      }),
    ),
  )
  const color = colorOf(initializerNames.filter((name) => name !== 'zeros'))
  const title = 'standard deviation'
  const scale = { type: 'log', domain: [floor, 1e3] } as { type: 'log'; domain: number[] }
  const axis = { values: [1e-12, 1e-8, 1e-4, 1], format: '~e' }
  return {
    title: `Standard deviation before training, against depth: ${activation}`,
    data: { values },
    facet: { column, row: facetOf('quantity', Object.keys(quantities)) },
    spec: {
      width: 180,
      height: 150,
      encoding: { x: { field: 'layer', type: 'quantitative', title: 'hidden layer', scale: { nice: false } } },
      layer: bandAndLine(color, { title, scale, axis }),
    },
  }
}

/** Losses of that many steps are one point. */
const block = 8

/** Training loss against steps. */
export function lossFigure(cells: readonly Cell[]): TopLevelSpec {
  const values = cells.flatMap(({ activation, normalizer, initializer, outcomes }) => {
    const length = Math.min(...outcomes.map(({ losses }) => losses.length))
    return Array.from({ length: Math.floor(length / block) }, (_, i) => {
      const means = outcomes.map(({ losses }) => estimate(losses.slice(i * block, (i + 1) * block)).mean)
      const { mean, ci95 } = estimate(means)
      return {
        activation,
        normalizer,
        initializer: titles[initializer],
        step: (i + 1) * block,
        value: mean,
        low: mean - ci95,
        high: mean + ci95,
      }
    })
  })
  return {
    title: 'Training loss, mean and 95 % interval',
    data: { values },
    facet: { column, row: facetOf('activation', activationNames) },
    spec: {
      width: 180,
      height: 160,
      encoding: { x: { field: 'step', type: 'quantitative', title: 'step' } },
      layer: bandAndLine(colorOf(initializerNames), { title: 'cross-entropy', scale: { domain: [0, 3] } }),
    },
  }
}

/** Accuracy after training. */
export function accuracyFigure(cells: readonly Cell[]): TopLevelSpec {
  const values = cells.map(({ activation, normalizer, initializer, outcomes }) => {
    const { mean, ci95 } = estimate(outcomes.map(({ accuracy }) => accuracy))
    return {
      activation,
      normalizer,
      initializer: titles[initializer],
      value: mean,
      low: Math.max(0, mean - ci95),
      high: Math.min(1, mean + ci95),
    }
  })
  const { header: _, ...y } = facetOf(
    'initializer',
    initializerNames.map((name) => titles[name]),
  )
  return {
    title: 'Training accuracy after the last step, mean and 95 % interval',
    data: { values },
    facet: { column, row: facetOf('activation', activationNames) },
    spec: {
      width: 180,
      height: 150,
      encoding: { y, color: { ...colorOf(initializerNames), legend: null } },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: {
            x: { field: 'low', type: 'quantitative', title: 'accuracy', scale: { domain: [0, 1] } },
            x2: { field: 'high' },
          },
        },
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { x: { field: 'value', type: 'quantitative' } },
        },
      ],
    },
  }
}
