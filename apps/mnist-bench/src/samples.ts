// The images of a run: MNIST, or generated digits where it is not to be had, divided once, for all trials alike.

import { type Dataset, sizeOf, type Value } from '@gradwerk/core'
import { DatasetUnavailableError, generatedDigits, mnist, stratifiedSplit, stratifiedTake } from '@gradwerk/datasets'

/** What a trial sees. The test images are looked at once, when it is over. */
export interface Samples {
  readonly train: Dataset
  readonly validation: Dataset
  readonly test: Dataset
}

/** The samples of all trials, and all training images that are not held out. */
export interface RunSamples extends Samples {
  readonly everything: Dataset
  /** Why the images are not MNIST's, in one sentence. */
  readonly notice?: string
}

export interface SampleOptions {
  readonly data: 'mnist' | 'generated'
  /** A folder with the files of MNIST. */
  readonly folder?: string | undefined
  readonly train: number
  readonly validation: number
  readonly onDownload?: (file: string, received: number, total: number | undefined) => void
  readonly signal?: AbortSignal
}

/** Decides which images are held out and which are trained on: the same ones in every run. */
const splitSeed = 1

const generatedTest = 2_000

/** Reads, downloads or generates the images and divides them. Throws what `mnist` throws, and a DataError if there are too few. */
export async function loadSamples(options: SampleOptions): Promise<RunSamples> {
  const { data, train, validation } = options
  if (data === 'generated') return { ...generated(options), notice: 'This preset uses generated digits, not MNIST.' }
  try {
    const found = await mnist({
      ...(options.folder === undefined ? {} : { folder: options.folder }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      timeout: 10,
      onProgress: ({ file, received, total }) => options.onDownload?.(file, received, total),
    })
    return divide(found, train, validation)
  } catch (error) {
    if (!(error instanceof DatasetUnavailableError)) throw error
    return {
      ...generated(options),
      notice: `MNIST is not on this machine and could not be downloaded (${error.facts.problem}): this run uses generated digits, and its figures say nothing about MNIST.`,
    }
  }
}

function generated({ train, validation }: SampleOptions): RunSamples {
  // Fewer are held out than of MNIST: drawing them takes time.
  const held = Math.min(validation, generatedTest)
  // As many again for the final run, up to a limit.
  const more = Math.min(train, 10_000)
  return divide(generatedDigits({ train: train + more + held, test: generatedTest, seed: splitSeed }), train, held)
}

function divide(all: { train: Dataset; test: Dataset }, train: number, validation: number): RunSamples {
  const split = stratifiedSplit(all.train, validation, splitSeed)
  return {
    train: compact(stratifiedTake(split.train, train, splitSeed)),
    validation: compact(split.validation),
    test: compact(all.test),
    everything: split.train,
  }
}

/** A dataset with arrays of its own that hold no other rows: what a worker is sent. */
export function compact(dataset: Dataset): Dataset {
  const { inputs, targets, indices } = dataset
  return {
    ...dataset,
    inputs: rowsOf(inputs, indices),
    targets: rowsOf(targets, indices),
    indices: Int32Array.from(indices.keys()),
  }
}

function rowsOf({ dtype, shape, data }: Value, rows: Int32Array): Value {
  const size = sizeOf(shape.slice(1))
  const chosen = data.slice(0, rows.length * size)
  rows.forEach((row, i) => {
    for (let j = 0; j < size; j++) chosen[i * size + j] = data[row * size + j] as never
  })
  return { dtype, shape: [rows.length, ...shape.slice(1)], data: chosen }
}
