// The command: measures, draws, and writes the page.

import { publish } from '../shared/publish.ts'
import { rangeFigure } from './figures.ts'
import { defaultPlan, measure } from './measure.ts'
import { summary } from './tables.ts'

const name = 'learning-rate-range'

/** `--out <folder>` is where page and figure go. */
export async function run(args: readonly string[]): Promise<void> {
  const measured = await measure(defaultPlan)
  await publish(name, args, summary(defaultPlan, measured), { [`${name}.svg`]: rangeFigure(measured) })
}
