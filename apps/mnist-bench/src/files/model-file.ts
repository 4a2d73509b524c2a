// A model file as it stands on disk: its bytes, the model in it, and what it says about itself.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainedModel } from '@gradwerk/core'
import { decodeModel, embedExternal, importOnnx } from '@gradwerk/onnx'
import { readOnnx } from '@gradwerk/onnx/node'
import { z } from 'zod'
import { RunError } from '../errors.ts'
import { registries } from '../plugins.ts'

export interface ModelFile {
  readonly path: string
  /** With all tensors in them. */
  readonly bytes: Uint8Array
  readonly model: TrainedModel
  readonly opset: number
  /** Whether it takes the bytes of images and scales them itself. */
  readonly takesBytes: boolean
  /** What is said besides the model: dataset, classes, seed, metrics. */
  readonly metadata: Facts
}

/** What the bench itself wants to know of a file; other entries stand beside it. */
interface Facts {
  readonly inputScale?: number | undefined
  readonly dataset?: { readonly name: string; readonly real: boolean; readonly samples: number } | undefined
}

const schema: z.ZodType<Facts> = z.looseObject({
  inputScale: z.number().positive().optional(),
  dataset: z.object({ name: z.string(), real: z.boolean(), samples: z.int() }).optional(),
})

/** Entries that the exporter writes itself. */
const own = ['model', 'input', 'preprocess', 'unused']

/**
 * Throws a DataError for a file that cannot be read, one with large tensors in files beside it included, and what `importOnnx` throws for one
 * that the bench did not write.
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  return modelFile(path, await embedExternal(await readOnnx(path)))
}

export async function modelFile(path: string, bytes: Uint8Array): Promise<ModelFile> {
  const model = await importOnnx(bytes, { plugins: registries })
  const { metadataProps, opsetImport } = decodeModel(bytes)
  const entries = metadataProps
    .map(({ key, value }) => [key.replace(/^gradwerk\./, ''), value] as const)
    .filter(([key]) => !own.includes(key))
  const facts = schema.safeParse(Object.fromEntries(entries.map(([key, value]) => [key, JSON.parse(value)])))
  if (!facts.success) throw new RunError({ who: path, problem: 'its metadata is damaged', cause: facts.error })
  return {
    path,
    bytes,
    model,
    opset: Number(opsetImport.find(({ domain }) => domain === '')?.version),
    takesBytes: metadataProps.some(({ key }) => key === 'gradwerk.preprocess'),
    metadata: facts.data,
  }
}

/** The model that a run left in its folder. */
export async function readRun(folder: string): Promise<ModelFile> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() === true) return readModelFile(join(folder, 'model.onnx'))
  throw new RunError({
    who: folder,
    problem: 'there is no such folder',
    expected: 'the folder of a run, such as runs/2026-01-01T12-00-00-default',
  })
}
