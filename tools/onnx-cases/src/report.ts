// The tables that `pnpm onnx-cases` prints.

import Table from 'cli-table3'
import { operators, withoutOperator } from './operators/index.ts'
import { type Counts, isClaimed, severalNodes, type Tally, total } from './tally.ts'

const noLines = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .map((name) => [name, '']),
)

function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[], texts: number): string {
  const drawn = new Table({
    colAligns: heads.map((_, column) => (column < texts ? 'left' : 'right')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: { ...noLines, middle: '  ' },
  })
  drawn.push([...heads], ...rows.map((row) => [...row]))
  return drawn.toString()
}

function row(name: string, core: string, { found, run, passed }: Counts): (string | number)[] {
  return [name, core, found, found - run, run, passed.reference, passed.ort]
}

function reasonRows(claimed: readonly (readonly [string, Counts])[]): (string | number)[][] {
  return claimed.flatMap(([name, { leftOut }]) => {
    const onOrt = [...leftOut.ort].filter(([reason]) => !leftOut.reference.has(reason))
    return [
      ...[...leftOut.reference].map(([reason, times]) => [name, reason, times]),
      ...onOrt.map(([reason, times]) => [name, `${reason} (ort alone)`, times]),
    ]
  })
}

const opsOf = (name: string) => operators[name]?.core.join(', ') ?? ''

function operatorCount(names: readonly string[]): string {
  const single = names.filter((name) => name !== severalNodes).length
  const text = `${single} operator${single === 1 ? '' : 's'}`
  return single < names.length ? `${text} and of graphs` : text
}

/** By operator: cases found, left out, run, passed on each backend; then why cases were left out, and what no case tests. */
export function report(tally: Tally): string {
  const sorted = [...tally].sort(([a], [b]) => (a < b ? -1 : 1))
  const claimed = sorted.filter(([name]) => isClaimed(name))
  const others = sorted.filter(([name]) => !isClaimed(name))
  const sum = total(claimed.map(([, counts]) => counts))
  const heads = ['operator', "core's ops", 'found', 'left out', 'run', 'reference', 'ort']
  const missing = Object.keys(operators).filter((name) => !tally.has(name))
  return [
    table(heads, [...claimed.map(([name, counts]) => row(name, opsOf(name), counts)), row('total', '', sum)], 2),
    table(['operator', 'left out because', 'cases'], reasonRows(claimed), 2),
    `Rows without a case here: ${missing.join(', ') || 'none'}`,
    `Operators without a row: ${others.map(([name, { found }]) => `${name} ${found}`).join(', ') || 'none'}`,
    table(['op of core', 'why no operator computes it'], Object.entries(withoutOperator), 2),
    ...sum.failures.map((failure) => `FAILED ${failure}`),
    `${sum.found} cases of ${operatorCount(claimed.map(([name]) => name))}: ${sum.found - sum.run} left out, ${sum.run} run, ${sum.passed.reference} passed on reference, ${sum.passed.ort} on ort, ${sum.failures.length} failed`,
  ].join('\n\n')
}
