// Expressions in double precision: the same computation with every float32 tensor replaced by a float64 one.

import {
  apply,
  cast,
  constant,
  input,
  isFloat,
  isLeaf,
  type Tensor,
  topological,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'

/** A float32 value as float64; others as they are. */
export function valueInFloat64(value: Value): Value {
  return value.dtype === 'float32' ? valueOf('float64', value.shape, value.data as Float32Array) : value
}

/** `valueInFloat64` for values by name. */
export function valuesInFloat64(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valueInFloat64(value)]))
}

/** What a float32 tensor that is made from tensors of other types becomes: computed as it is, then converted. */
function converted(tensor: Tensor): Tensor {
  return tensor.dtype === 'float32' ? cast(tensor, 'float64') : tensor
}

/**
 * Rebuilds expressions in double precision. Inputs keep their names and are to be fed float64 values. Finite differences need
 * it: in float32 they are all noise.
 */
export function inFloat64(roots: readonly Tensor[]): Tensor[] {
  const made = new Map<Tensor, Tensor>()
  const rebuild = (tensor: Tensor): Tensor => {
    const { op } = tensor
    if (isLeaf(op)) {
      if (tensor.dtype !== 'float32') return tensor
      return op.name === 'input'
        ? input(op.attributes.name, tensor.shape, 'float64')
        : constant(valueInFloat64(op.value))
    }
    const inputs = tensor.inputs.map((from) => made.get(from) as Tensor)
    if (inputs.every((from, i) => from === tensor.inputs[i])) return converted(tensor)
    const [only] = inputs
    if (op.name === 'cast' && only !== undefined && isFloat(only.dtype) && isFloat(tensor.dtype)) return only
    return converted(apply(op, inputs))
  }
  for (const tensor of topological(roots)) made.set(tensor, rebuild(tensor))
  return roots.map((root) => made.get(root) as Tensor)
}
