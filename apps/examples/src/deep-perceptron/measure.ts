// Everything that is measured on one network: its initializers at their best learning rate, from several seeds.

import type { Backend } from '@gradwerk/core'
import { initialStatistics, type LayerStatistics } from './initial-statistics.ts'
import { type InitializerName, initializers, type Network } from './network.ts'
import { type Outcome, type Training, train } from './training.ts'

export interface Plan extends Training {
  readonly initializers: readonly InitializerName[]
  /** Tried in this order with `tuningSeed`; the one of the smallest final loss is taken. */
  readonly learningRates: readonly number[]
  readonly tuningSeed: number
  /** What is shown. */
  readonly seeds: readonly number[]
  /** Samples that initial statistics are taken over. */
  readonly statisticsSamples: number
}

/** One cell of the comparison. */
export interface Cell extends Network {
  readonly initializer: InitializerName
  readonly learningRate: number
  /** Final loss and accuracy of every learning rate tried. */
  readonly tried: readonly { readonly learningRate: number; readonly loss: number; readonly accuracy: number }[]
  readonly outcomes: readonly Outcome[]
  /** Of each seed. */
  readonly statistics: readonly (readonly LayerStatistics[])[]
}

/** Mean over the last steps, as the loss of one batch says little. Chance where training diverged. */
export function finalLoss({ losses, final }: { readonly losses: readonly number[]; readonly final?: unknown }): number {
  if (final === undefined || losses.length === 0) return Number.POSITIVE_INFINITY
  const last = losses.slice(-16)
  return last.reduce((total, loss) => total + loss, 0) / last.length
}

export async function measure(network: Network, plan: Plan, backend: Backend): Promise<Cell[]> {
  const statisticsOf = await initialStatistics(network, plan, plan.dataset, plan.statisticsSamples, backend)
  const cells: Cell[] = []
  for (const name of plan.initializers) {
    const initializer = initializers[name](network.activation)
    const tried: { learningRate: number; loss: number; accuracy: number }[] = []
    // One rate needs no trial.
    for (const learningRate of plan.learningRates.length > 1 ? plan.learningRates : []) {
      const outcome = await train(network, initializer, learningRate, plan.tuningSeed, plan, backend)
      tried.push({ learningRate, loss: finalLoss(outcome), accuracy: outcome.accuracy })
    }
    const best = tried.toSorted((a, b) => a.loss - b.loss)[0]?.learningRate ?? plan.learningRates[0] ?? 0
    const outcomes: Outcome[] = []
    const statistics: LayerStatistics[][] = []
    for (const seed of plan.seeds) {
      const { losses, accuracy, initial } = await train(network, initializer, best, seed, plan, backend)
      outcomes.push({ seed, losses, accuracy })
      statistics.push(await statisticsOf(initial))
    }
    cells.push({ ...network, initializer: name, learningRate: best, tried, outcomes, statistics })
  }
  return cells
}
