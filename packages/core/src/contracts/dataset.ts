import type { Value } from '../tensor/value.ts'

/**
 * Samples to learn from: arrays of all rows, and the rows that belong to this dataset. A split or a subset shares the arrays of
 * the dataset it was taken from and differs only in `indices`.
 */
export interface Dataset {
  /** For reports: `mnist`, `generated-digits`. */
  readonly name: string
  /** False for made-up data; whatever is measured on it has to carry that label. */
  readonly real: boolean
  /** [rows, …features], float32 or uint8. */
  readonly inputs: Value
  /** Class indices [rows] (uint8 or int32), or float32 [rows, …]. */
  readonly targets: Value
  /** Rows of `inputs` and `targets`, in the dataset's order: its length is the number of samples. */
  readonly indices: Int32Array
  /** The number of classes, where the targets are class indices. */
  readonly classes?: number
  /** What gathered inputs are multiplied with once they are float32: 1/255 for images of bytes. */
  readonly inputScale: number
}
