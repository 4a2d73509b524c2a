// A run: loads the images, trains the trials on a pool of workers, and leaves a folder with what was found.

import { ort } from '@gradwerk/backend-ort'
import { RunError } from './errors.ts'
import { exportBest } from './export.ts'
import { plural } from './format.ts'
import { finalTrial, plannedTrials, workOf } from './plan.ts'
import { Pool } from './pool.ts'
import { Board } from './progress/board.ts'
import { type ProgressView, progressView } from './progress/view.ts'
import { competes, Results } from './results.ts'
import { createRunFolder, type RunFolder } from './run-folder.ts'
import { compact, loadSamples, type RunSamples } from './samples.ts'
import type { Settings } from './settings.ts'
import { type RunFacts, type RunState, type Summary, summarize } from './summary.ts'
import { datasetLine } from './table.ts'
import type { TrialRequest } from './trial.ts'

export interface Finished {
  readonly summary: Summary
  readonly folder: string
}

/**
 * Runs to the end, or until the signal is aborted: then what was finished is kept. Progress goes to `stream`.
 *
 * Throws a RunError for a folder that cannot be written to, and when every trial failed; what `loadSamples` throws; an ExportError.
 */
export async function run(settings: Settings, stream: NodeJS.WriteStream, signal: AbortSignal): Promise<Finished> {
  const began = new Date()
  const clock = stopwatch()
  const folder = await createRunFolder(settings.out, settings.preset, began)
  const samples = await loadSamples({
    data: settings.data,
    folder: settings.folder,
    train: settings.train,
    validation: settings.validation,
    onDownload: downloadReport(stream),
    signal,
  })
  const facts: RunFacts = { settings, samples, began, backend: ort({ threads: 1 }).description }
  const results = new Results(settings)
  const state = (more: Partial<RunState> = {}): RunState => ({ status: 'running', seconds: clock(), ...more })
  const save = () => folder.save(summarize(facts, results, state()), results.epochLines())
  await save()
  introduce(facts, stream)

  const trials = plannedTrials(settings)
  const workers = Math.min(settings.workers, trials.length)
  const board = new Board(workers, stopwatch())
  const view = progressView(board, stream)
  const pool = new Pool(workers, samples)
  const stop = () => {
    view.say('Stopping after the calls that are under way …')
    pool.stop()
  }
  signal.addEventListener('abort', stop)
  try {
    await new Scheduler({ settings, samples, results, board, view, pool, save }).train(trials)
  } finally {
    signal.removeEventListener('abort', stop)
    view.end()
    await pool.close()
  }
  return finish(facts, results, folder, state, signal)
}

async function finish(
  facts: RunFacts,
  results: Results,
  folder: RunFolder,
  state: (more: Partial<RunState>) => RunState,
  signal: AbortSignal,
): Promise<Finished> {
  const status = signal.aborted ? 'interrupted' : 'complete'
  const { best } = results
  // What was found is safe before the export is tried.
  await folder.save(summarize(facts, results, state({ status })), results.epochLines())
  if (best === undefined) {
    if (signal.aborted) return { summary: summarize(facts, results, state({ status })), folder: folder.path }
    const [failure] = results.groups.flatMap(({ failures }) => failures)
    throw new RunError({ who: 'bench', problem: `every trial failed; the first: ${failure?.problem ?? 'unknown'}` })
  }
  const exported = await exportBest(best, facts.samples.test, folder.path)
  const summary = summarize(facts, results, state({ status, exported }))
  await folder.save(summary, results.epochLines())
  return { summary, folder: folder.path }
}

interface Surroundings {
  readonly settings: Settings
  readonly samples: RunSamples
  readonly results: Results
  readonly board: Board
  readonly view: ProgressView
  readonly pool: Pool
  save(): Promise<void>
}

/** Puts the trials into the pool, and the final one as soon as it is known which that is. */
class Scheduler {
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

  async #submit(request: TrialRequest, finalEntry?: Board['entries'][number]): Promise<void> {
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
      final,
    )
    entry.state = settled.type
    if (settled.type === 'interrupted') return
    if (settled.type === 'finished') {
      entry.figures = settled.outcome.figures
      results.add({ request, outcome: settled.outcome, final })
    } else results.addFailure(request, settled.failure)
    view.settled(entry)
    await save()
  }
}

function stopwatch(): () => number {
  const started = performance.now()
  return () => (performance.now() - started) / 1000
}

function introduce({ settings, samples, backend }: RunFacts, stream: NodeJS.WriteStream): void {
  const { train, validation, test, notice } = samples
  const sizes = { train: train.indices.length, validation: validation.indices.length, test: test.indices.length }
  if (notice !== undefined) stream.write(`${notice}\n`)
  stream.write(`${datasetLine({ name: train.name, real: train.real, ...sizes })}\n`)
  const { configurations, seeds, workers } = settings
  const what = `${plural(configurations.length, 'configuration')}, ${plural(seeds, 'seed')} each`
  stream.write(`${what}, on ${plural(workers, 'worker')} with ${backend.name} ${backend.version}\n\n`)
}

/** Says once for every file that it is being downloaded. */
function downloadReport(stream: NodeJS.WriteStream): (file: string) => void {
  const said = new Set<string>()
  return (file) => {
    if (said.has(file)) return
    said.add(file)
    stream.write(`Downloading ${file} …\n`)
  }
}
