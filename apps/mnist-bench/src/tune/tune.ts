// `bench tune`: opens or resumes a run, makes its searches on a pool of workers, and leaves a folder with what was found.

import { join } from 'node:path'
import { ort } from '@gradwerk/backend-ort'
import { journalStorage, type Storage } from '@gradwerk/tuners'
import { RunError } from '../errors.ts'
import { plural } from '../format.ts'
import type { Output } from '../output.ts'
import { workOf } from '../plan.ts'
import { Pool } from '../pool.ts'
import { Board } from '../progress/board.ts'
import { progressView } from '../progress/view.ts'
import { createRunFolder, folderAt, type RunFolder } from '../run-folder.ts'
import type { RunSamples } from '../samples.ts'
import { stoppable } from '../stoppable.ts'
import { datasetOf } from '../summary.ts'
import { jsonText, samplesOf, stopwatch } from '../surroundings.ts'
import { datasetLine } from '../table.ts'
import { tuneLook } from './look.ts'
import { Rows } from './rows.ts'
import { openSearches, requestOf, type Search, winnerSeeds } from './search.ts'
import type { Earlier, TunePlan, TuneSettings } from './settings.ts'
import { summarizeTuning, type TuneFacts, type TuneSummary } from './summary.ts'
import type { TuneFigures, TuneRequest } from './trial.ts'
import { Tuner } from './tuner.ts'

const workerFile = new URL('./worker.ts', import.meta.url)
const journal = 'study.log'

export interface Tuned {
  readonly summary: TuneSummary
  readonly folder: string
}

/**
 * Searches to the end, or until the signal is aborted: then what was finished is kept, and can be gone on with. Progress goes to `stream`.
 *
 * Throws a RunError for a folder that cannot be written to, for images other than those a resumed run began with, and for a trial whose thread
 * ends again and again; what `loadSamples` throws; a JournalError for a journal that is damaged.
 */
export async function tune(plan: TunePlan, stream: Output, signal: AbortSignal): Promise<Tuned> {
  const { settings, circumstances, earlier } = plan
  const began = new Date()
  const { resume, out, folder: data } = circumstances
  const folder = resume === undefined ? await createRunFolder(out, `tune-${settings.preset}`, began) : folderAt(resume)
  const loading = { ...settings, ...(data === undefined ? {} : { folder: data }) }
  const samples = await samplesOf(loading, stream, signal).catch(async (error: unknown) => {
    await folder.discard()
    throw error
  })
  if (earlier !== undefined) checkSame(earlier, samples, folder)
  const storage = journalStorage(join(folder.path, journal))
  try {
    return await search(plan, folder, samples, began, storage, stream, signal)
  } finally {
    storage.close()
  }
}

async function search(
  { settings, circumstances, earlier }: TunePlan,
  folder: RunFolder,
  samples: RunSamples,
  began: Date,
  storage: Storage,
  stream: Output,
  signal: AbortSignal,
): Promise<Tuned> {
  const clock = stopwatch()
  const searches = openSearches(settings, storage)
  const { workers } = circumstances
  const backend = ort({ threads: settings.threads }).description
  const facts: TuneFacts = { settings, searches, samples, workers, began, backend, journal, earlier }
  const summary = (status: TuneSummary['status']) => summarizeTuning(facts, { status, seconds: clock() })
  const save = () => folder.save({ 'summary.json': jsonText(summary('running')) })
  await save()
  introduce(facts, stream)

  const rows = new Rows(boardOf(settings, searches, samples, workers))
  const paths = [...new Set(searches.flatMap(({ space }) => Object.keys(space)))]
  const view = progressView(tuneLook(rows, paths), stream)
  const pool = new Pool<TuneRequest, TuneFigures>(workerFile, workers, { samples, threads: settings.threads })
  await stoppable(pool, view, signal, () =>
    new Tuner({ settings, searches, workers, pool, rows, view, signal, save }).run(),
  )
  const last = summary(signal.aborted ? 'interrupted' : 'complete')
  await folder.save({ 'summary.json': jsonText(last) })
  return { summary: last, folder: folder.path }
}

/** A run goes on with the images that it began with; other bits are said, not refused. */
function checkSame({ dataset }: Earlier, { train, validation }: RunSamples, folder: RunFolder): void {
  const now = { name: train.name, train: train.indices.length, validation: validation.indices.length }
  const text = ({ name, train, validation }: Earlier['dataset']) => `${name}, ${train} and ${validation} images`
  if (text(now) === text(dataset)) return
  throw new RunError({
    who: 'bench tune',
    problem: `the run in ${folder.path} cannot go on with other images`,
    expected: text(dataset),
    got: text(now),
    hint: '--data DIR',
  })
}

/** A place for every trial of every search, and for every training of its best parameters. */
function boardOf(settings: TuneSettings, searches: readonly Search[], samples: RunSamples, workers: number): Board {
  const board = new Board(workers, stopwatch())
  for (const search of searches) {
    const request = requestOf(search, settings, { batchSize: settings.batchSizes[0] })
    const work = workOf(request, samples.train.indices.length, samples.validation.indices.length)
    const places = settings.trials + winnerSeeds(settings).length
    for (let seed = 0; seed < places; seed++) board.add({ group: search.name, seed, epochs: settings.epochs, work })
  }
  return board
}

function introduce({ settings, samples, searches, workers, backend, earlier }: TuneFacts, stream: Output): void {
  if (samples.notice !== undefined) stream.write(`${samples.notice}\n`)
  stream.write(`${datasetLine(datasetOf(samples))}\n`)
  const before = earlier?.versions[backend.name]
  if (before !== undefined && before !== backend.version)
    stream.write(`Begun with ${backend.name} ${before}: the bits of what follows may differ.\n`)
  const budget = `${plural(settings.trials, 'trial')} of ${plural(settings.epochs, 'epoch')} each`
  const where = `on ${plural(workers, 'worker')} with ${backend.name} ${backend.version}`
  const how = earlier === undefined ? '' : ', continued'
  stream.write(`${searches.length === 1 ? '1 search' : `${searches.length} searches`}, ${budget}, ${where}${how}\n\n`)
}
