// Model files on disk, with the files beside them that hold large tensors.

import { openAsBlob } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { DataError } from '@gradwerk/core'
import type { OnnxFile } from './read/onnx-file.ts'

/**
 * Reads a model file. Tensors that it keeps in other files are read when they are needed, from its folder and the folders inside.
 *
 * @throws DataError for a file that cannot be read, and later for one outside of the folder, symbolic links followed
 * @example
 * ```ts
 * const model = await importOnnx(await readOnnx('large.onnx'), { plugins: [layers] })
 * ```
 */
export async function readOnnx(path: string): Promise<OnnxFile> {
  const bytes = await readable(path, readFile(path))
  return { bytes, external: (location) => fileInside(dirname(path), location) }
}

/** A regular file: to open a pipe would wait for its writer. */
async function fileInside(folder: string, location: string): Promise<Blob> {
  const who = join(folder, location)
  const [inside, path] = await readable(who, Promise.all([realpath(folder), realpath(who)]))
  if (!path.startsWith(inside.endsWith(sep) ? inside : inside + sep))
    throw new DataError({
      who,
      problem: 'the file is outside of the folder of the model',
      expected: `a file in ${inside}`,
      got: path,
    })
  if (!(await readable(who, stat(path))).isFile()) throw new DataError({ who, problem: 'not a regular file' })
  return readable(who, openAsBlob(path))
}

async function readable<T>(path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (cause) {
    throw new DataError({ who: path, problem: 'the file cannot be read', got: String(cause), cause })
  }
}
