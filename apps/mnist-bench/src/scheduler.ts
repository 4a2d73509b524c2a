// The order of a run: all trials go into the pool, and the final one as soon as it is known which that is.

import type { TrialOrder } from './messages.ts'
import { finalTrial, workOf } from './plan.ts'
import type { Pool } from './pool.ts'
import type { Board, Entry } from './progress/board.ts'
import type { ProgressView } from './progress/view.ts'
import { competes, type Results } from './results.ts'
import { compact, type RunSamples } from './samples.ts'
import type { Settings } from './settings.ts'
import type { TrialOutcome, TrialRequest } from './trial.ts'

export interface Surroundings {
  readonly settings: Settings
  readonly samples: RunSamples
  readonly results: Results
  readonly board: Board
  readonly view: ProgressView<Entry>
  readonly pool: Pool<TrialOrder, TrialOutcome>
  save(): Promise<void>
}

/** Trains all trials of a run. */
export class Scheduler {
  readonly #all: Surroundings

  constructor(all: Surroundings) {
    this.#all = all
  }

  async train(trials: readonly TrialRequest[]): Promise<void> {
    const { settings } = this.#all
    const submitted = trials.map((request) => ({ request, over: this.#submit(request) }))
    const competing = submitted.filter(({ request }) => competes(request.configuration, settings.configurations))
    const final = settings.finalEpochs === 0 ? undefined : this.#final(Promise.all(competing.map(({ over }) => over)))
    await Promise.all([...submitted.map(({ over }) => over), final])
  }

  /** Started as soon as the competing configurations are through, while others still train. */
  async #final(competition: Promise<unknown>): Promise<void> {
    const { settings, samples, results, board } = this.#all
    const { finalEpochs, configurations } = settings
    const guess = finalTrial({ configuration: configurations[0] ?? 'none', seed: 1 }, settings)
    const work = workOf(guess, samples.everything.indices.length, samples.validation.indices.length)
    const entry = board.add({ group: 'final run', seed: 1, epochs: finalEpochs, work })
    await competition
    const winner = results.winner()
    if (winner === undefined) {
      entry.state = 'interrupted'
      return
    }
    await this.#submit(finalTrial(winner, settings), entry)
  }

  async #submit(request: TrialRequest, finalEntry?: Entry): Promise<void> {
    const { samples, results, board, view, pool, save } = this.#all
    const { configuration: group, seed, epochs } = request
    const work = workOf(request, samples.train.indices.length, samples.validation.indices.length)
    const entry = finalEntry ?? board.add({ group, seed, epochs, work })
    entry.seed = seed
    const final = finalEntry !== undefined
    const order = { request, ...(final ? { train: compact(samples.everything) } : {}) }
    const settled = await pool.run(
      order,
      {
        onStart: () => {
          entry.state = 'running'
        },
        onProgress(done, record) {
          entry.done = done
          entry.record = record ?? entry.record
        },
      },
      { first: final, alone: request.target !== undefined },
    )
    entry.state = settled.type
    if (settled.type === 'interrupted') return
    if (settled.type === 'finished') {
      entry.figures = settled.outcome.figures
      results.add({ request, outcome: settled.outcome, final })
    } else results.addFailure(request, settled.failure, final)
    view.settled(entry)
    await save()
  }
}
