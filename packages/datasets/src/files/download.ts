// One file from one address, with progress, a limit on silence and a limit on size.

import { GradwerkError } from '@gradwerk/core'
import { asError } from '../errors.ts'

/** How far a download is. */
export interface DownloadProgress {
  /** The file's name. */
  readonly file: string
  readonly url: string
  /** Bytes so far. */
  readonly received: number
  /** Bytes altogether, where the server says so. */
  readonly total?: number
}

/** Limits and wishes of a download. */
export interface DownloadOptions {
  /** Seconds without a byte after which the server counts as dead. */
  readonly timeout: number
  /** More bytes than this are not the file. */
  readonly limit: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined
}

/** A download that did not come to its end. */
export class DownloadError extends GradwerkError {
  override readonly name = 'DownloadError'
}

/** The bytes at an address. Throws a DownloadError, or the signal's reason once it is aborted. */
export async function download(url: string, options: DownloadOptions): Promise<Uint8Array> {
  const { timeout, signal } = options
  const silence = new AbortController()
  const giveUp = (): void => silence.abort(new Error(`no data for ${timeout} s`))
  let timer = setTimeout(giveUp, timeout * 1000)
  const heard = (): void => {
    clearTimeout(timer)
    timer = setTimeout(giveUp, timeout * 1000)
  }
  try {
    const stop = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal])
    const response = await fetch(url, { signal: stop })
    if (!response.ok) {
      await response.body?.cancel()
      throw new DownloadError({
        who: url,
        problem: 'the server refused',
        expected: 'status 200',
        got: `status ${response.status}`,
      })
    }
    return await collect(url, response, options, heard)
  } catch (thrown) {
    signal?.throwIfAborted()
    if (thrown instanceof DownloadError) throw thrown
    const cause = asError(thrown)
    throw new DownloadError({ who: url, problem: `the download failed (${reason(cause)})`, cause })
  } finally {
    clearTimeout(timer)
  }
}

async function collect(
  url: string,
  response: Response,
  { limit, onProgress }: DownloadOptions,
  heard: () => void,
): Promise<Uint8Array> {
  // With a content encoding the header counts other bytes than those that arrive here.
  const header = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
  const total = header === null ? undefined : Number(header)
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of response.body ?? []) {
    heard()
    chunks.push(chunk)
    received += chunk.length
    if (received > limit)
      throw new DownloadError({
        who: url,
        problem: 'the file is too long',
        expected: `at most ${limit} bytes`,
        got: `more`,
      })
    onProgress?.(received, total)
  }
  return Buffer.concat(chunks, received)
}

/** What fetch says is "fetch failed"; why stands in its cause. */
function reason(error: Error): string {
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  if (cause.message !== '') return cause.message
  return 'code' in cause ? String(cause.code) : error.message
}
