// Progress in a terminal: lines that are drawn anew while trials run.

import { decimal, duration, percent } from '../format.ts'
import { mean } from '../statistics.ts'
import type { Style } from '../style.ts'
import type { Board, Entry } from './board.ts'

const barWidth = 28

/** The lines of a moment, at most `height - 1`: what runs comes first, then what is done, then what waits. */
export function drawn(board: Board, style: Style, height: number, message?: string): string[] {
  const names = [...new Set(board.entries.map(({ group }) => group))]
  const width = Math.max(...names.map((name) => name.length), 0)
  const footer = ['', overall(board, style), ...(message === undefined ? [] : [style.bold(message)])]
  const blocks = names.map((name) =>
    block(
      name.padEnd(width),
      board.entries.filter(({ group }) => group === name),
      style,
    ),
  )
  let room = height - 1 - footer.length
  const shown = new Set<Block>()
  // The last of what is done and the first of what waits are the interesting ones.
  for (const state of ['running', 'done', 'waiting'] as const)
    for (const candidate of state === 'done' ? blocks.toReversed() : blocks) {
      if (candidate.state !== state || candidate.lines.length > room) continue
      room -= candidate.lines.length
      shown.add(candidate)
    }
  return [...blocks.filter((one) => shown.has(one)).flatMap(({ lines }) => lines), ...footer]
}

interface Block {
  readonly state: 'waiting' | 'running' | 'done'
  readonly lines: readonly string[]
}

function block(name: string, entries: readonly Entry[], style: Style): Block {
  const running = entries.filter(({ state }) => state === 'running')
  const settled = entries.filter(({ state }) => state !== 'running' && state !== 'waiting')
  if (running.length === 0 && settled.length === 0) return { state: 'waiting', lines: [style.dim(`  · ${name}`)] }
  if (settled.length === entries.length) return { state: 'done', lines: [finished(name, entries, style)] }
  const head = `  ${style.accent('●')} ${style.bold(name)}  ${style.dim(`${settled.length} of ${entries.length}`)}`
  return { state: 'running', lines: [head, ...running.map((entry) => `      ${trial(entry, style)}`)] }
}

function finished(name: string, entries: readonly Entry[], style: Style): string {
  const figures = entries.flatMap((entry) => entry.figures ?? [])
  const missing = entries.filter(({ state }) => state === 'failed').length
  if (figures.length + missing < entries.length) return style.dim(`  · ${name}  interrupted`)
  const failed = missing === 0 ? '' : `  ${style.bad(`${missing} of ${entries.length} without a result`)}`
  const mark = missing === 0 ? style.good('✔') : style.bad('✘')
  if (figures.length === 0) return `  ${mark} ${name}${failed}`
  const accuracy = percent(mean(figures.map(({ validationAccuracy }) => validationAccuracy)))
  const gap = decimal(mean(figures.map(({ generalizationGap }) => generalizationGap)))
  return `  ${mark} ${name}  validation ${accuracy}  ${style.dim(`gap ${gap}`)}${failed}`
}

function trial({ seed, epochs, done, record }: Entry, style: Style): string {
  const epoch = `epoch ${String(record?.epoch ?? 0).padStart(String(epochs).length)}/${epochs}`
  const accuracy = record?.validation?.['accuracy']
  const seen = accuracy === undefined ? '' : `  validation ${percent(accuracy)}`
  return `seed ${seed}  ${bar(done, style)}  ${epoch}${seen}`
}

/** The bar, the count and the times of all trials. */
export function overall(board: Board, style: Style): string {
  const { settled, entries, done, elapsed, left } = board
  const rest = left === undefined ? 'estimating' : `about ${duration(left)} left`
  return `  ${bar(done, style)}  ${settled} of ${entries.length} trials · ${duration(elapsed)} · ${rest}`
}

function bar(part: number, style: Style): string {
  const full = Math.round(barWidth * Math.min(1, part))
  return style.accent('━'.repeat(full)) + style.dim('─'.repeat(barWidth - full))
}
