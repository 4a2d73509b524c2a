// The file of a journal: read on from where one stopped, and appended to behind its last whole line.

import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { show } from '@gradwerk/core'
import type { Operation } from '../operation.ts'
import { decode } from './decode.ts'
import { JournalError } from './errors.ts'
import { FieldError } from './fields.ts'
import { parsePythonJson } from './python-json.ts'

const lineFeed = 0x0a
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A place in a journal: how many lines were read, and the byte behind them. */
export interface Place {
  readonly lines: number
  readonly byte: number
}

export const beginning: Place = { lines: 0, byte: 0 }

/** The bytes from a place to the end of the file as it is now. */
function bytesFrom(path: string, { byte }: Place): Buffer {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size < byte)
      throw new JournalError({
        who: `journal ${path}`,
        problem: 'it has become shorter than it was',
        expected: `at least ${byte} bytes`,
        got: `${size}`,
        hint: 'opening it anew',
      })
    const bytes = Buffer.allocUnsafe(size - byte)
    let filled = 0
    while (filled < bytes.length) {
      const read = readSync(file, bytes, filled, bytes.length - filled, byte + filled)
      if (read === 0) break
      filled += read
    }
    return bytes.subarray(0, filled)
  } finally {
    closeSync(file)
  }
}

function damaged(path: string, place: Place, line: Buffer, cause: unknown): JournalError {
  const at = { line: place.lines + 1, byte: place.byte }
  return new JournalError(
    {
      who: `journal ${path}`,
      problem: `line ${at.line}, at byte ${at.byte}, is damaged: ${cause instanceof Error ? cause.message : cause}`,
      got: show(line.toString('utf8')),
      hint: 'repairing or removing that line in a copy; nothing was written',
      cause,
    },
    at,
  )
}

const opening = '{"op_code":'

/** Whether bytes begin as the line of a journal does, or hold nothing. A file of another kind must not be taken for a journal with a torn line. */
function opensLine(bytes: Buffer): boolean {
  const text = bytes.toString('latin1').replace(/^[\s\0]+/, '')
  return opening.startsWith(text.slice(0, opening.length))
}

/**
 * The operations behind a place, and the place behind them. What follows the last line feed is being written, or torn: it is left, and
 * so is a last line that is no JSON. Throws a JournalError for such a line before the last one, for JSON that is no operation, and for a file
 * that does not even begin as a journal.
 */
export function readOn(path: string, from: Place): { readonly operations: Operation[]; readonly place: Place } {
  const bytes = bytesFrom(path, from)
  const operations: Operation[] = []
  let place = from
  let broken: JournalError | undefined
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(lineFeed, start)
    if (end < 0) break
    if (broken !== undefined) throw broken
    const line = bytes.subarray(start, end)
    try {
      operations.push(decode(parsePythonJson(utf8.decode(line))))
      place = { lines: place.lines + 1, byte: place.byte + end + 1 - start }
    } catch (error) {
      broken = damaged(path, place, line, error)
      if (error instanceof FieldError) throw broken
    }
    start = end + 1
  }
  if (place.byte === 0 && !opensLine(bytes)) throw broken ?? damaged(path, place, bytes, 'this is no journal')
  return { operations, place }
}

/** Throws a JournalError for a path that no file can be at, or none that may be written. */
export function createIfMissing(path: string): void {
  try {
    closeSync(openSync(path, 'a'))
  } catch (cause) {
    throw new JournalError({
      who: `journal ${path}`,
      problem: 'the file cannot be opened',
      expected: 'a file to append to, in a folder that exists',
      got: String(cause),
      cause,
    })
  }
}

/** Writes lines at a place, and cuts off what was torn there. To be called under the lock. `durable`: they survive a power failure. */
export function writeAt(path: string, { byte }: Place, text: string, durable: boolean): void {
  const file = openSync(path, 'r+')
  try {
    if (fstatSync(file).size > byte) ftruncateSync(file, byte)
    const bytes = Buffer.from(text, 'utf8')
    let written = 0
    while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, byte + written)
    if (durable) fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
