// The command: measures, draws, and writes the page.

import { publish } from '../shared/publish.ts'
import { twins } from './data.ts'
import { twinsFigure } from './figures.ts'
import { measure } from './measure.ts'
import { summary } from './tables.ts'

const name = 'correlated-features'

/** `--out <folder>` is where page and figure go. */
export async function run(args: readonly string[]): Promise<void> {
  const draws = twins()
  const measured = await measure(draws)
  await publish(name, args, summary(draws, measured), { [`${name}.svg`]: twinsFigure(draws, measured) })
}
