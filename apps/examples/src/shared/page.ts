// Pages in Markdown: tables, and parts that a command writes anew.

import { OptionError } from '@gradwerk/core'

/** The first column is text, the others numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. Throws an OptionError for a page without that part. */
export function withPart(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from)
    throw new OptionError({ who: 'example', problem: `the page has no part '${name}'`, expected: `${begin} … ${end}` })
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`
}
