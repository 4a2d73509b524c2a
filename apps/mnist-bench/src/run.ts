// A run: loads the images, trains the trials on a pool of workers, and leaves a folder with what was found.

import { ort } from '@gradwerk/backend-ort'
import { RunError } from './errors.ts'
import { exportBest } from './export.ts'
import { plural } from './format.ts'
import type { TrialOrder } from './messages.ts'
import type { Output } from './output.ts'
import { plannedTrials } from './plan.ts'
import { Pool } from './pool.ts'
import { Board, type Entry } from './progress/board.ts'
import { drawn } from './progress/live.ts'
import { line } from './progress/plain.ts'
import { progressView } from './progress/view.ts'
import { Results } from './results.ts'
import { createRunFolder, type RunFolder } from './run-folder.ts'
import { Scheduler } from './scheduler.ts'
import type { Settings } from './settings.ts'
import { stoppable } from './stoppable.ts'
import type { Style } from './style.ts'
import { datasetOf, type RunFacts, type RunState, type Summary, summarize } from './summary.ts'
import { jsonText, samplesOf, stopwatch } from './surroundings.ts'
import { datasetLine } from './table.ts'
import type { TrialOutcome } from './trial.ts'

const workerFile = new URL('./worker.ts', import.meta.url)

export interface Finished {
  readonly summary: Summary
  readonly folder: string
}

/**
 * Runs to the end, or until the signal is aborted: then what was finished is kept. Progress goes to `stream`.
 *
 * Throws a RunError for a folder that cannot be written to, and when every trial failed; what `loadSamples` throws; an ExportError.
 */
export async function run(settings: Settings, stream: Output, signal: AbortSignal): Promise<Finished> {
  const began = new Date()
  const clock = stopwatch()
  const folder = await createRunFolder(settings.out, settings.preset, began)
  const samples = await samplesOf(settings, stream, signal).catch(async (error: unknown) => {
    await folder.discard()
    throw error
  })
  const facts: RunFacts = { settings, samples, began, backend: ort({ threads: settings.threads }).description }
  const results = new Results(settings)
  const state = (more: Partial<RunState> = {}): RunState => ({ status: 'running', seconds: clock(), ...more })
  const save = () => folder.save(filesOf(summarize(facts, results, state()), results))
  await save()
  introduce(facts, stream)

  const trials = plannedTrials(settings)
  const workers = Math.min(settings.workers, trials.length)
  const board = new Board(workers, stopwatch())
  const look = {
    drawn: (style: Style, height: number, message?: string) => drawn(board, style, height, message),
    line: (entry: Entry) => line(board, entry),
  }
  const view = progressView(look, stream)
  const pool = new Pool<TrialOrder, TrialOutcome>(workerFile, workers, { samples, threads: settings.threads })
  await stoppable(pool, view, signal, () =>
    new Scheduler({ settings, samples, results, board, view, pool, save }).train(trials),
  )
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
  const { everything, train } = facts.samples
  // What was found is safe before the export is tried.
  await folder.save(filesOf(summarize(facts, results, state({ status })), results))
  if (best === undefined) {
    if (signal.aborted) return { summary: summarize(facts, results, state({ status })), folder: folder.path }
    const [failure] = results.groups.flatMap(({ failures }) => failures)
    throw new RunError({ who: 'bench', problem: `every trial failed; the first: ${failure?.problem ?? 'unknown'}` })
  }
  const exported = await exportBest(
    best,
    facts.samples.test,
    (best.final ? everything : train).indices.length,
    folder.path,
  )
  const summary = summarize(facts, results, state({ status, exported }))
  await folder.save(filesOf(summary, results))
  return { summary, folder: folder.path }
}

/** The epochs first: a summary never speaks of a trial whose epochs are not there. */
function filesOf(summary: Summary, results: Results): Record<string, string> {
  return { 'epochs.jsonl': results.epochLines(), 'summary.json': jsonText(summary) }
}

function introduce({ settings, samples, backend }: RunFacts, stream: Output): void {
  if (samples.notice !== undefined) stream.write(`${samples.notice}\n`)
  stream.write(`${datasetLine(datasetOf(samples))}\n`)
  const { configurations, seeds, workers } = settings
  const what = `${plural(configurations.length, 'configuration')}, ${plural(seeds, 'seed')} each`
  stream.write(`${what}, on ${plural(workers, 'worker')} with ${backend.name} ${backend.version}\n\n`)
}
