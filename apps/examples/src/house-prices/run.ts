// The command: measures, draws, and writes the page.

import { publish } from '../shared/publish.ts'
import { houses, standardized } from './data.ts'
import { pathFigure } from './figures.ts'
import { measure } from './measure.ts'
import { summary } from './tables.ts'

const name = 'house-prices'

/** `--out <folder>` is where page and figure go. */
export async function run(args: readonly string[]): Promise<void> {
  const dataset = standardized(houses())
  const measured = await measure(dataset, 250, 3)
  await publish(name, args, summary(measured), { [`${name}.svg`]: pathFigure(dataset, measured) })
}
