// What tells two datasets of one name apart.

import { createHash } from 'node:crypto'
import type { Dataset, Value } from '@gradwerk/core'

/** SHA-256 over everything a run reads of a dataset: both arrays, their types, the rows in use and the scale. */
export function datasetDigest({ inputs, targets, indices, inputScale, classes }: Dataset): string {
  const type = ({ dtype, shape }: Value) => [dtype, shape]
  const hash = createHash('sha256').update(JSON.stringify([type(inputs), type(targets), inputScale, classes]))
  for (const { buffer, byteOffset, byteLength } of [inputs.data, targets.data, indices])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return hash.digest('hex')
}
