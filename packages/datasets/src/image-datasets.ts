// Datasets in the four files of MNIST: images and labels, for training and for testing, in IDX format.

import { type Dataset, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { arrayDataset } from './dataset.ts'
import type { DataFile } from './files/data-file.ts'
import type { DownloadProgress } from './files/download.ts'
import { dataFolders } from './files/folder.ts'
import { obtain, type Source } from './files/obtain.ts'
import { readIdx } from './idx.ts'

/** The four files. */
export interface ImageFiles {
  readonly trainImages: DataFile
  readonly trainLabels: DataFile
  readonly testImages: DataFile
  readonly testLabels: DataFile
}

export interface ImageDatasetsOptions {
  /** The folder of the files. Default: the environment variable `GRADWERK_DATA`, else the user's cache folder. */
  readonly folder?: string
  /** Whether missing files are downloaded. Default true. */
  readonly download?: boolean
  /** Addresses of folders that have the files as `.gz`, asked in turn. Default: the public mirrors. */
  readonly mirrors?: readonly string[]
  /** Seconds a mirror may be silent, above 0. Default 30. */
  readonly timeout?: number
  /** Called for every piece that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void
  /** Stops the download; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

const optionsSchema = z.strictObject({
  folder: z.string().min(1).optional().meta({
    description:
      "the folder of the files; the environment variable `GRADWERK_DATA`, else the user's cache folder, unless given",
  }),
  download: z.boolean().default(true).meta({ description: 'whether missing files are downloaded' }),
  mirrors: z.array(z.url()).optional().meta({
    description: 'addresses of folders that have the files as `.gz`, asked in turn; the public mirrors unless given',
  }),
  timeout: z.number().positive().default(30).meta({ description: 'seconds a mirror may be silent' }),
  onProgress: z
    .custom<(progress: DownloadProgress) => void>((x) => typeof x === 'function', 'a function')
    .optional()
    .meta({ description: 'called for every piece that arrives' }),
  signal: z.instanceof(AbortSignal, { error: 'an AbortSignal' }).optional().meta({ description: 'stops the download' }),
})

/** Reads, and where needed downloads, a dataset of ten classes of images. */
export async function imageDatasets(
  name: string,
  files: ImageFiles,
  publicMirrors: readonly string[],
  options: ImageDatasetsOptions,
): Promise<{ train: Dataset; test: Dataset }> {
  const {
    folder,
    download,
    mirrors = publicMirrors,
    timeout,
    onProgress,
    signal,
  } = parseOptions(name, optionsSchema, options)
  const source: Source = {
    dataset: name,
    folders: dataFolders(name, folder),
    mirrors: download ? mirrors.map((mirror) => (mirror.endsWith('/') ? mirror : `${mirror}/`)) : [],
    timeout,
    onProgress,
    signal,
  }
  const load = async (images: DataFile, labels: DataFile): Promise<Dataset> => {
    // Labels first: they are small, so that a missing network shows at once.
    const targets = readIdx(await obtain(labels, source), labels.name)
    const inputs = readIdx(await obtain(images, source), images.name)
    return arrayDataset({ name, inputs, targets, classes: 10 })
  }
  return {
    train: await load(files.trainImages, files.trainLabels),
    test: await load(files.testImages, files.testLabels),
  }
}
