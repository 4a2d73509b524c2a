// What commands that train have in common: the images, the time, the files.

import { RunError } from './errors.ts'
import type { Output } from './output.ts'
import { loadSamples, type RunSamples } from './samples.ts'
import type { Settings } from './settings.ts'

/** Seconds since it was made. */
export function stopwatch(): () => number {
  const started = performance.now()
  return () => (performance.now() - started) / 1000
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** The images of a run. Throws a RunError when it is interrupted meanwhile, and what `loadSamples` throws. */
export async function samplesOf(
  { data, folder, train, validation }: Pick<Settings, 'data' | 'folder' | 'train' | 'validation'>,
  stream: Output,
  signal: AbortSignal,
): Promise<RunSamples> {
  try {
    return await loadSamples({ data, folder, train, validation, onDownload: downloadReport(stream), signal })
  } catch (error) {
    if (!signal.aborted) throw error
    throw new RunError({ who: 'bench', problem: 'interrupted before the first trial', cause: error })
  }
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
