// The order in which an epoch visits the samples: rows of the dataset's arrays, never the data itself.

import { DataError, OptionError } from '../errors.ts'
import { randomStream } from '../random/stream.ts'
import type { Key } from '../random/threefry.ts'

/** What becomes of the samples left over after the last full batch: a short batch, or nothing. */
export type Remainder = 'drop' | 'keep'

/** The rows of an epoch, batch by batch. */
export interface BatchRows {
  /** Full batches. */
  readonly steps: number
  readonly batchSize: number
  /** [steps, batchSize], row-major. */
  readonly rows: Int32Array
  /** The short last batch; empty where there is none or where it is dropped. */
  readonly rest: Int32Array
}

/** The rows of a dataset in the order of one epoch: shuffled with the epoch's key. The given rows stay as they are. */
export function epochOrder(indices: Int32Array, key: Key): Int32Array {
  return randomStream(key).shuffle(indices.slice())
}

/**
 * Cuts an order into batches, without copying it. Throws an OptionError for a batch size that is not a whole number from 1, and a
 * DataError when nothing is left to train on.
 */
export function batchRows(order: Int32Array, batchSize: number, remainder: Remainder): BatchRows {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new OptionError({
      who: 'batchRows',
      problem: 'not a batch size',
      expected: 'a whole number from 1',
      got: String(batchSize),
    })
  const steps = Math.floor(order.length / batchSize)
  const full = steps * batchSize
  if (order.length === 0 || (steps === 0 && remainder === 'drop'))
    throw new DataError({
      who: 'batchRows',
      problem: 'not a single batch',
      expected: `at least ${remainder === 'drop' ? batchSize : 1} samples`,
      got: String(order.length),
      hint: 'a smaller batch size, or keeping the remainder',
    })
  return {
    steps,
    batchSize,
    rows: order.subarray(0, full),
    rest: order.subarray(full, remainder === 'drop' ? full : order.length),
  }
}
