// A known file: from this machine if it is there, else from the first mirror that has it.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asError, DatasetUnavailableError, type FailedAttempt } from '../errors.ts'
import { type DataFile, isGzip, verify } from './data-file.ts'
import { type DownloadProgress, download } from './download.ts'
import { dataVariable } from './folder.ts'
import { writeAtomically } from './write-atomically.ts'

/** Where to look and whom to ask. */
export interface Source {
  /** The dataset's name, for messages. */
  readonly dataset: string
  /** Folders to look in; downloads go to the last. */
  readonly folders: readonly [...string[], string]
  /** Addresses of folders, each ending in a slash; none to stay offline. */
  readonly mirrors: readonly string[]
  /** Seconds. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
}

/** The decompressed, verified content of a file. Throws a ChecksumError (a wrong file on disk) or a DatasetUnavailableError. */
export async function obtain(file: DataFile, source: Source): Promise<Uint8Array> {
  for (const folder of source.folders)
    for (const name of [file.name, `${file.name}.gz`]) {
      const path = join(folder, name)
      const content = await readIfThere(path)
      if (content !== undefined)
        return verify(content, file, { where: path, hint: 'deleting it, so that it is downloaded again' })
    }
  const attempts: FailedAttempt[] = []
  for (const mirror of source.mirrors) {
    const url = `${mirror}${file.name}.gz`
    try {
      return await fetchAndKeep(url, file, source)
    } catch (thrown) {
      source.signal?.throwIfAborted()
      if (thrown instanceof DatasetUnavailableError) throw thrown
      attempts.push({ url, error: asError(thrown) })
    }
  }
  throw unavailable(file, source, attempts)
}

async function fetchAndKeep(
  url: string,
  file: DataFile,
  { dataset, folders, timeout, signal, onProgress }: Source,
): Promise<Uint8Array> {
  const content = await download(url, {
    timeout,
    limit: file.bytes + 65_536,
    signal,
    onProgress: (received, total) =>
      onProgress?.({ file: file.name, url, received, ...(total === undefined ? {} : { total }) }),
  })
  const plain = await verify(content, file, { where: url, hint: 'another mirror' })
  const path = join(folders.at(-1) ?? '.', isGzip(content) ? `${file.name}.gz` : file.name)
  try {
    await writeAtomically(path, content)
  } catch (thrown) {
    const cause = asError(thrown)
    throw new DatasetUnavailableError({
      who: dataset,
      problem: `the downloaded file cannot be stored (${cause.message})`,
      hint: `naming a folder that can be written to in ${dataVariable}`,
      cause,
    })
  }
  return plain
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (thrown) {
    const cause = asError(thrown)
    const code = 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new DatasetUnavailableError({ who: path, problem: `the file cannot be read (${cause.message})`, cause })
  }
}

function unavailable(
  file: DataFile,
  { dataset, folders, mirrors }: Source,
  attempts: readonly FailedAttempt[],
): DatasetUnavailableError {
  const place = `${file.name} is not in ${folders.join(' or ')}`
  const network = mirrors.length === 0 ? 'downloading is switched off' : 'no mirror gave it'
  return new DatasetUnavailableError(
    {
      who: dataset,
      problem: `${place}, and ${network}`,
      hint: `putting the files (.gz or not) into a folder and naming it in ${dataVariable}`,
      ...(attempts.length === 0
        ? {}
        : {
            cause: new AggregateError(
              attempts.map(({ error }) => error),
              'every mirror failed',
            ),
          }),
    },
    attempts,
  )
}
