// Which rows are trained on at which step: the epochs of a run cut into batches, and batches into calls of the backend.

import { batchRows, epochOrder, fold, type Key, type Remainder, type Value, value } from '@gradwerk/core'

/** One call of the backend: `steps` batches of `batchSize` rows. */
export interface StepCall {
  readonly steps: number
  readonly batchSize: number
  /** int32 [steps, batchSize] */
  readonly rows: Value
}

export interface RunPlan {
  readonly stepsPerEpoch: number
  /** The sizes of batches that occur. */
  readonly batchSizes: readonly number[]
  /** The calls of an epoch (from 0), from one of its steps on. */
  calls(epoch: number, fromStep: number, stepsPerCall: number): StepCall[]
}

export function runPlan(indices: Int32Array, batchSize: number, remainder: Remainder, key: Key): RunPlan {
  const { steps: full, rest } = batchRows(indices, batchSize, remainder)
  const sizes = [...(full > 0 ? [batchSize] : []), ...(rest.length > 0 ? [rest.length] : [])]
  return {
    stepsPerEpoch: full + (rest.length > 0 ? 1 : 0),
    batchSizes: sizes,
    calls(epoch, fromStep, stepsPerCall) {
      const order = batchRows(epochOrder(indices, fold(fold(key, 'shuffle'), epoch)), batchSize, remainder)
      const calls: StepCall[] = []
      for (let step = fromStep; step < full; step += stepsPerCall) {
        const steps = Math.min(stepsPerCall, full - step)
        const rows = order.rows.subarray(step * batchSize, (step + steps) * batchSize)
        calls.push({ steps, batchSize, rows: value('int32', [steps, batchSize], rows) })
      }
      if (rest.length > 0 && fromStep <= full)
        calls.push({ steps: 1, batchSize: rest.length, rows: value('int32', [1, rest.length], order.rest) })
      return calls
    },
  }
}

/** The random keys (uint32 [steps, 2]) of steps counted from the start of the run. */
export function stepKeys(key: Key, first: number, steps: number): Value {
  const base = fold(key, 'step')
  return value(
    'uint32',
    [steps, 2],
    Uint32Array.from(Array.from({ length: steps }, (_, i) => fold(base, first + i)).flat()),
  )
}
