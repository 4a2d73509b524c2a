// What the progress of searches looks like.

import { percent, plural } from '../format.ts'
import type { Entry } from '../progress/board.ts'
import { overall } from '../progress/live.ts'
import { placeOf } from '../progress/plain.ts'
import type { Look } from '../progress/view.ts'
import type { Style } from '../style.ts'
import { openTable } from '../table.ts'
import type { Row, Rows } from './rows.ts'
import { parametersText, titleOf, valueText } from './titles.ts'

/** `paths`: the parameters of all searches. */
export function tuneLook(rows: Rows, paths: readonly string[]): Look<Row> {
  return {
    drawn(style, height, message) {
      const footer = ['', overall(rows.board, style), ...(message === undefined ? [] : [style.bold(message)])]
      const room = height - 1 - footer.length
      const searches = searchLines(rows, style, Math.max(1, Math.floor(room / 3)))
      // A table of nothing but its head says nothing.
      const left = room - searches.length - 2
      return [...searches, ...(left < 1 ? [] : ['', ...trialTable(rows, paths, style, left)]), ...footer]
    },
    line: (row) => lineOf(rows, row),
  }
}

/** A line for every search, those that are under way before those that are done or wait. */
function searchLines(rows: Rows, style: Style, most: number): string[] {
  const names = [...new Set(rows.board.entries.map(({ group }) => group))]
  const width = Math.max(...names.map((name) => name.length), 0)
  const lines = names.map((name) => {
    const entries = rows.board.entries.filter(({ group }) => group === name)
    const over = entries.filter(({ state }) => state !== 'waiting' && state !== 'running').length
    const active = over < entries.length && rows.all.some(({ search }) => search === name)
    const best = rows.best(name)
    const mark = over === entries.length ? style.good('✔') : active ? style.accent('●') : style.dim('·')
    const seen = best === undefined ? '' : `  best ${percent(best)}`
    const count = `${String(over).padStart(String(entries.length).length)} of ${entries.length}`
    return { active, text: `  ${mark} ${name.padEnd(width)}  ${style.dim(count)}${seen}` }
  })
  const chosen = new Set([...lines.filter(({ active }) => active), ...lines].slice(0, most))
  return lines.filter((one) => chosen.has(one)).map(({ text }) => text)
}

/** The trials that run, and of the others the last ones, under a head. */
function trialTable({ all }: Rows, paths: readonly string[], style: Style, most: number): string[] {
  const runs = ({ entry }: Row) => entry.state === 'running' || entry.state === 'waiting'
  const chosen = new Set([...all.filter(runs), ...all.filter((row) => !runs(row)).toReversed()].slice(0, most))
  const shown = all.filter((row) => chosen.has(row)).toReversed()
  const titles = [...new Set(paths.map(titleOf))]
  const heads = ['', 'search', '', ...titles, 'epoch', 'validation']
  const table = openTable(heads, 3)
  table.push(heads.map((title) => style.dim(title)))
  for (const row of shown) {
    const own = new Map(Object.entries(row.parameters).map(([path, value]) => [titleOf(path), valueText(value)]))
    table.push([
      `  ${markOf(row, style)}`,
      row.search,
      row.what,
      ...titles.map((title) => own.get(title) ?? ''),
      `${row.epoch}/${row.entry.epochs}`,
      row.accuracy === undefined ? '' : percent(row.accuracy),
    ])
  }
  return table.toString().split('\n')
}

const marks: Readonly<Record<Entry['state'], (style: Style) => string>> = {
  waiting: (style) => style.dim('·'),
  running: (style) => style.accent('●'),
  finished: (style) => style.good('✔'),
  pruned: (style) => style.dim('✂'),
  failed: (style) => style.bad('✘'),
  interrupted: (style) => style.dim('·'),
}

function markOf({ entry, diverged }: Row, style: Style): string {
  return diverged ? style.bad('✘') : marks[entry.state](style)
}

function lineOf({ board }: Rows, { search, what, parameters, entry, epoch, accuracy, diverged }: Row): string {
  const { place, rest } = placeOf(board)
  const seen = accuracy === undefined ? '' : `validation ${percent(accuracy)} after ${plural(epoch, 'epoch')}`
  const state = diverged ? 'diverged' : entry.state
  const how = state === 'finished' ? seen : [state, ...(seen === '' ? [] : [seen])].join(', ')
  return `${place} ${search}, ${what}: ${how} (${parametersText(parameters)})${rest}`
}
