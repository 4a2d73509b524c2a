// The summary of a model as text.

import { formatShape } from '@gradwerk/core'
import type { ModelSummary, SummaryFigures, SummaryRow } from './summarize.ts'

const titles = ['layer', 'output', 'parameters', 'state', 'multiply-adds', 'output bytes']

function count(n: number): string {
  return n.toLocaleString('en-US')
}

function figures({ parameters, state, multiplyAdds, activationBytes }: SummaryFigures): string[] {
  return [parameters, state, multiplyAdds, activationBytes].map((n) => (n === 0 ? '–' : count(n)))
}

/** Its place among the layers around it, and what it is where the place does not say so. */
function label({ path, layer, depth }: SummaryRow): string {
  const place = path.slice(path.lastIndexOf('.') + 1)
  const says = place === layer || place.startsWith(`${layer}_`)
  return `${'  '.repeat(depth)}${path === '' ? layer : says ? place : `${place}: ${layer}`}`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e5 ? 3 : bytes < 1e7 ? 2 : 1)} MB`
}

/**
 * A summary as a table: a line for every layer, indented by what it is inside of, the sum, and what the memory is an estimate of.
 *
 * @example
 * ```ts
 * console.log(formatSummary(summarize(model, { input: { shape: [784] } })))
 * ```
 */
export function formatSummary({ input, rows, total }: ModelSummary): string {
  const cells = [
    titles,
    ...rows.map((row) => [label(row), formatShape(row.output), ...figures(row)]),
    ['total', '', ...figures(total)],
  ]
  const widths = titles.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const lines = cells.map((line) =>
    line
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  const rule = '─'.repeat(Math.max(...lines.map(({ length }) => length)))
  return [
    ...lines.slice(0, 1),
    rule,
    ...lines.slice(1, -1),
    rule,
    ...lines.slice(-1),
    '',
    `For an input ${formatShape(input)}. Multiply-adds: matrix products and convolutions of a forward pass.`,
    `Memory: ${megabytes(total.parameterBytes)} of parameters and state, ${megabytes(total.activationBytes)} of outputs, each counted once;`,
    'gradients, optimizer slots, what layers compute in between and the memory of the backend come on top.',
  ].join('\n')
}
