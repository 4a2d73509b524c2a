// Batches on the host, for looking at data and for loops of one's own. Only the rows of one batch are ever copied.

import {
  allocate,
  batchRows,
  type Dataset,
  epochOrder,
  fold,
  keyOf,
  parseOptions,
  type Remainder,
  type Value,
} from '@gradwerk/core'
import { z } from 'zod'

/** Samples side by side, as the dataset stores them: not yet scaled. */
export interface Batch {
  /** [batch, …features] */
  readonly inputs: Value
  /** [batch] or [batch, …] */
  readonly targets: Value
  /** Rows of the dataset's arrays: [batch]. */
  readonly rows: Int32Array
}

/** What `batches` takes. */
export interface BatchesOptions {
  /** Samples in a batch, from 1. */
  readonly batchSize: number
  /** A whole number from 0 shuffles the samples, `'none'` keeps their order. Default `'none'`. */
  readonly shuffle?: number | 'none'
  /** With the same shuffle seed, each epoch has an order of its own. A whole number from 0; default 0. */
  readonly epoch?: number
  /** Whether the short last batch is given. Default `'keep'`. */
  readonly remainder?: Remainder
}

const optionsSchema = z.strictObject({
  batchSize: z.int().min(1).meta({ description: 'samples in a batch' }),
  shuffle: z
    .union([z.int().min(0), z.literal('none')])
    .default('none')
    .meta({
      description: "the seed of the order of samples; 'none' keeps theirs",
    }),
  epoch: z.int().min(0).default(0).meta({ description: 'with the same seed, each epoch has an order of its own' }),
  remainder: z.enum(['drop', 'keep']).default('keep').meta({ description: 'whether the short last batch is given' }),
})

/**
 * The batches of one epoch, one after the other. Throws an OptionError for options outside their range, and a DataError when the
 * dataset is smaller than the only batch asked for.
 *
 * @example
 * for (const { inputs, targets } of batches(train, { batchSize: 128, shuffle: 1 })) console.log(inputs.shape, targets.shape)
 */
export function* batches(dataset: Dataset, options: BatchesOptions): Generator<Batch, void, undefined> {
  const { batchSize, shuffle, epoch, remainder } = parseOptions('batches', optionsSchema, options)
  const order = shuffle === 'none' ? dataset.indices : epochOrder(dataset.indices, fold(keyOf(shuffle), epoch))
  const { rows, rest } = batchRows(order, batchSize, remainder)
  for (let start = 0; start < rows.length; start += batchSize)
    yield gather(dataset, rows.subarray(start, start + batchSize))
  if (rest.length > 0) yield gather(dataset, rest)
}

/** Copies rows of a dataset's arrays side by side. */
function gather({ inputs, targets }: Dataset, rows: Int32Array): Batch {
  return { inputs: gatherRows(inputs, rows), targets: gatherRows(targets, rows), rows }
}

function gatherRows({ dtype, shape, data }: Value, rows: Int32Array): Value {
  const gathered = allocate(dtype, (rows.length * data.length) / (shape[0] ?? 1))
  const stride = gathered.byteLength / rows.length
  const from = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const to = new Uint8Array(gathered.buffer)
  rows.forEach((row, position) => {
    to.set(from.subarray(row * stride, (row + 1) * stride), position * stride)
  })
  return { dtype, shape: [rows.length, ...shape.slice(1)], data: gathered }
}
