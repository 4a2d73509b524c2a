// The command: measures, draws, and writes the page.

import { publish } from '../shared/publish.ts'
import { efficiencyFigure } from './figures.ts'
import { defaultPlan, measure } from './measure.ts'
import { summary } from './tables.ts'

const name = 'random-search'

/** `--out <folder>` is where page and figure go. */
export async function run(args: readonly string[]): Promise<void> {
  const measured = await measure(defaultPlan, (message) => console.error(message))
  await publish(name, args, summary(measured), { [`${name}.svg`]: efficiencyFigure(measured) })
}
