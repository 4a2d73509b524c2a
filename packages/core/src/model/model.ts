// A model: a layer, the type of its input, and the numbers that training found.

import type { Layer } from '../contracts/layer.ts'
import type { DType } from '../tensor/dtype.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Values } from '../tensor/value.ts'

export interface TrainedModel {
  readonly layer: Layer
  /** Type of one sample, without the batch axis: `{ shape: [784], dtype: 'float32' }`. */
  readonly input: { readonly shape: Shape; readonly dtype: DType }
  /** Parameters by name: `dense_1.kernel`. */
  readonly parameters: Values
  /** Layer states by name: `batchNorm.mean`. */
  readonly state: Values
}
