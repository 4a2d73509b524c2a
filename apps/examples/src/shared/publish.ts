// What a measured example leaves behind: its page with new numbers, its figures, and the numbers on the console.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { TopLevelSpec } from 'vega-lite'
import { withPart } from './page.ts'
import { svgOf } from './plot.ts'

/** The committed page of an example. */
export function pageOf(name: string): string {
  return readFileSync(new URL(`../../../../docs/examples/${name}.md`, import.meta.url), 'utf8')
}

/** Writes `<name>.md` and the figures by file name to `--out <folder>`, and prints the text that stands in the page's part `measured`. */
export async function publish(
  name: string,
  args: readonly string[],
  text: string,
  figures: Readonly<Record<string, TopLevelSpec>>,
): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { out: { type: 'string' } } })
  const { out = `runs/examples/${name}` } = values
  mkdirSync(out, { recursive: true })
  for (const [file, figure] of Object.entries(figures)) writeFileSync(join(out, file), await svgOf(figure))
  writeFileSync(join(out, `${name}.md`), withPart(pageOf(name), 'measured', text))
  console.log(`${text}\n\nWritten to ${out}`)
}
