// What the measurements are said to show, as numbers.

import { estimate, mean, standardDeviation } from '../shared/statistics.ts'
import { type Cell, finalLoss } from './measure.ts'
import type { InitializerName, Network } from './network.ts'

export function cellOf(
  cells: readonly Cell[],
  { activation, normalizer }: Network,
  initializer: InitializerName,
): Cell {
  const found = cells.find(
    (cell) => cell.activation === activation && cell.normalizer === normalizer && cell.initializer === initializer,
  )
  if (found === undefined) throw new RangeError(`not measured: ${activation}, ${normalizer}, ${initializer}`)
  return found
}

/** The loss of a model that knows nothing but how frequent the ten classes are. */
const chanceLoss = Math.log(10)

/** Whether the final loss lies below chance by more than its 95 % interval and a tenth of chance. */
export function trains({ outcomes }: Cell): boolean {
  const { mean: loss, ci95 } = estimate(outcomes.map(({ losses }) => finalLoss({ losses, final: true })))
  return loss + ci95 < 0.9 * chanceLoss
}

/** Standard deviation over initializers of their mean accuracies, zeros left out: they train with nothing. */
export function spreadOverInitializers(cells: readonly Cell[], { activation, normalizer }: Network): number {
  const shown = cells.filter(
    (cell) => cell.activation === activation && cell.normalizer === normalizer && cell.initializer !== 'zeros',
  )
  return standardDeviation(shown.map(({ outcomes }) => mean(outcomes.map(({ accuracy }) => accuracy))))
}
