// A run: loads the images, trains the trials on a pool of workers, and leaves a folder with what was found.

import { ort } from '@gradwerk/backend-ort'
import { RunError } from './errors.ts'
import { exportBest } from './export.ts'
import { plural } from './format.ts'
import type { Output } from './output.ts'
import { plannedTrials } from './plan.ts'
import { Pool } from './pool.ts'
import { Board } from './progress/board.ts'
import { progressView } from './progress/view.ts'
import { Results } from './results.ts'
import { createRunFolder, type RunFolder } from './run-folder.ts'
import { loadSamples } from './samples.ts'
import { Scheduler } from './scheduler.ts'
import type { Settings } from './settings.ts'
import { type RunFacts, type RunState, type Summary, summarize } from './summary.ts'
import { datasetLine } from './table.ts'

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
  const samples = await loadSamples({
    data: settings.data,
    folder: settings.folder,
    train: settings.train,
    validation: settings.validation,
    onDownload: downloadReport(stream),
    signal,
  }).catch(async (error: unknown) => {
    await folder.discard()
    if (signal.aborted)
      throw new RunError({ who: 'bench', problem: 'interrupted before the first trial', cause: error })
    throw error
  })
  const facts: RunFacts = { settings, samples, began, backend: ort({ threads: settings.threads }).description }
  const results = new Results(settings)
  const state = (more: Partial<RunState> = {}): RunState => ({ status: 'running', seconds: clock(), ...more })
  const save = () => folder.save(summarize(facts, results, state()), results.epochLines())
  await save()
  introduce(facts, stream)

  const trials = plannedTrials(settings)
  const workers = Math.min(settings.workers, trials.length)
  const board = new Board(workers, stopwatch())
  const view = progressView(board, stream)
  const pool = new Pool(workers, samples, settings.threads)
  const stop = () => {
    view.say('Stopping after the calls that are under way …')
    pool.stop()
  }
  signal.addEventListener('abort', stop)
  // Reading the images may have kept the event from being heard.
  if (signal.aborted) stop()
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

function stopwatch(): () => number {
  const started = performance.now()
  return () => (performance.now() - started) / 1000
}

function introduce({ settings, samples, backend }: RunFacts, stream: Output): void {
  const { train, validation, test, notice } = samples
  const sizes = { train: train.indices.length, validation: validation.indices.length, test: test.indices.length }
  if (notice !== undefined) stream.write(`${notice}\n`)
  stream.write(`${datasetLine({ name: train.name, real: train.real, ...sizes })}\n`)
  const { configurations, seeds, workers } = settings
  const what = `${plural(configurations.length, 'configuration')}, ${plural(seeds, 'seed')} each`
  stream.write(`${what}, on ${plural(workers, 'worker')} with ${backend.name} ${backend.version}\n\n`)
}

/** Says once for every file that it is being downloaded. */
function downloadReport(stream: Output): (file: string) => void {
  const said = new Set<string>()
  return (file) => {
    if (said.has(file)) return
    said.add(file)
    stream.write(`Downloading ${file} …\n`)
  }
}
