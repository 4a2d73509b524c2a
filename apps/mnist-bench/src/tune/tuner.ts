// Runs searches: their studies live on this thread, their trials on the threads of a pool.

import type { EpochRecord } from '@gradwerk/core'
import type { StudyTrial, Told, Trial } from '@gradwerk/tuners'
import { InterruptionError, RunError } from '../errors.ts'
import type { Settled } from '../messages.ts'
import type { Pool } from '../pool.ts'
import type { ProgressView } from '../progress/view.ts'
import { divergence, divergenceOf, epochsOf } from './epochs.ts'
import { type Row, type Rows, show } from './rows.ts'
import { type Parameters, requestOf, type Search, winnerSeeds } from './search.ts'
import type { TuneSettings } from './settings.ts'
import type { TuneFigures, TuneRequest } from './trial.ts'
import { keepWinner, type Winner, winnerOf } from './winner.ts'

export interface TunerOptions {
  readonly settings: TuneSettings
  readonly searches: readonly Search[]
  readonly workers: number
  readonly pool: Pool<TuneRequest, TuneFigures>
  readonly rows: Rows
  readonly view: ProgressView<Row>
  readonly signal: AbortSignal
  save(): Promise<void>
}

/** How often a trial is tried again that was interrupted, or whose thread ended. */
const retries = 3

export class Tuner {
  readonly #all: TunerOptions

  constructor(all: TunerOptions) {
    this.#all = all
    for (const search of all.searches) this.#takeOver(search)
  }

  /**
   * Makes every search, and then trains its best parameters. As long as there are as many searches as workers, each has one trial at a time, so
   * that its figures do not depend on the number of workers; one more search than workers keeps these busy.
   */
  async run(): Promise<void> {
    const { searches, workers } = this.#all
    const waiting = [...searches]
    const concurrency = Math.ceil(workers / searches.length)
    const next = async () => {
      for (let search = waiting.shift(); search !== undefined; search = waiting.shift()) {
        await this.#search(search, concurrency)
        await this.#measure(search)
      }
    }
    const active = workers > 1 ? workers + 1 : 1
    await Promise.all(Array.from({ length: Math.min(active, searches.length) }, next))
  }

  /** Shows what a search had found before it was interrupted. */
  #takeOver(search: Search): void {
    const { settings, rows } = this.#all
    const ended = search.study.trials().filter(({ state }) => state === 'complete' || state === 'pruned')
    for (const trial of ended.slice(0, settings.trials)) {
      const row = rows.begin(search.name, `trial ${trial.number}`, trial.parameters)
      row.entry.state = trial.state === 'complete' ? 'finished' : 'pruned'
      row.epoch = epochsOf(trial)
      row.accuracy = trial.values?.[0]
      row.diverged = divergenceOf(trial) !== undefined
    }
  }

  async #search(search: Search, concurrency: number): Promise<void> {
    const { settings, signal, save } = this.#all
    try {
      await search.study.optimize((parameters, trial) => this.#try(search, parameters, trial), {
        total: settings.trials,
        concurrency,
        retries,
        signal,
        callbacks: [save],
      })
    } catch (error) {
      // Interrupted for the last time that it would have been tried again.
      if (!signal.aborted) throw error
    }
  }

  /** One trial: its validation accuracy after the last epoch. */
  async #try(search: Search, parameters: Parameters, trial: Trial<Parameters>): Promise<Told> {
    const { settings, rows } = this.#all
    const row = rows.begin(search.name, `trial ${trial.number}`, parameters)
    const verdict: { pruned: boolean; failure?: { readonly error: unknown } } = { pruned: false }
    const settled = await this.#train(row, requestOf(search, settings, parameters), (record) => {
      // The thread may be further by now than the epoch at which it was stopped.
      if (verdict.pruned || verdict.failure !== undefined) return 'stop'
      show(row, record)
      try {
        trial.report(record.epoch, row.accuracy ?? Number.NaN)
        verdict.pruned = record.epoch < settings.epochs && trial.shouldPrune()
      } catch (error) {
        verdict.failure = { error }
      }
      return verdict.pruned || verdict.failure !== undefined ? 'stop' : undefined
    })
    if (verdict.failure !== undefined) throw verdict.failure.error
    if (verdict.pruned) return this.#end(row, 'pruned', { state: 'pruned' })
    if (settled.type === 'finished') {
      const { validationAccuracy, trainLoss, validationLoss } = settled.outcome
      trial.setAttribute('trainLoss', trainLoss)
      trial.setAttribute('validationLoss', validationLoss)
      return this.#end(row, 'finished', validationAccuracy)
    }
    const who = `${search.name}, ${row.what}`
    if (settled.type === 'interrupted') throw new InterruptionError({ who, problem: 'interrupted' })
    const { problem, epoch } = settled.failure
    if (epoch === undefined) throw this.#end(row, 'failed', new RunError({ who, problem }))
    // Parameters that diverge would do so again: there is nothing to repeat, and something to learn.
    trial.setAttribute(divergence, { epoch, problem })
    row.diverged = true
    return this.#end(row, 'pruned', { state: 'pruned' })
  }

  #end<T>(row: Row, state: Row['entry']['state'], result: T): T {
    row.entry.state = state
    this.#all.view.settled(row)
    return result
  }

  async #train(
    { entry }: Row,
    request: TuneRequest,
    onEpoch: (record: EpochRecord) => 'stop' | undefined,
  ): Promise<Settled<TuneFigures>> {
    const settled = await this.#all.pool.run(request, {
      onStart() {
        entry.state = 'running'
      },
      onProgress(done, record) {
        entry.done = done
        return record === undefined ? undefined : onEpoch(record)
      },
    })
    if (settled.type === 'interrupted') entry.state = 'interrupted'
    return settled
  }

  /** Trains the best parameters of a search with seeds it has not seen, and looks at the test images. */
  async #measure(search: Search): Promise<void> {
    const { settings, signal } = this.#all
    const best = search.study.best()
    const winner = winnerOf(search)
    if (best === undefined || winner === undefined || signal.aborted) return
    await Promise.all(winnerSeeds(settings).map((seed) => this.#measureWith(search, best, winner, seed)))
  }

  async #measureWith(search: Search, { parameters }: StudyTrial, winner: Winner, seed: number): Promise<void> {
    const { settings, rows, save } = this.#all
    const row = rows.begin(search.name, `seed ${seed}`, parameters)
    const known = winner.figures.find((one) => one.seed === seed)
    if (known !== undefined || winner.failures.some((one) => one.seed === seed)) {
      row.entry.state = known === undefined ? 'failed' : 'finished'
      row.epoch = settings.epochs
      row.accuracy = known?.validationAccuracy
      return
    }
    const settled = await this.#train(row, requestOf(search, settings, parameters, { seed }), (record) => {
      show(row, record)
      return undefined
    })
    if (settled.type === 'interrupted') return
    keepWinner(
      search,
      settled.type === 'finished'
        ? { figures: settled.outcome }
        : { failure: { seed, problem: settled.failure.problem } },
    )
    this.#end(row, settled.type, undefined)
    await save()
  }
}
