// The specification of every program: expressions evaluated with the ops' reference kernels, plain loops over typed arrays.

import { BackendError } from '../errors.ts'
import { dependencies, topological } from '../program/graph.ts'
import { formatType, isComposite, isLeaf, type Tensor } from '../tensor/tensor.ts'
import type { Value, Values } from '../tensor/value.ts'

/** A composite op is computed whole where it has a kernel. */
function hasKernel({ op }: Tensor): boolean {
  return !isLeaf(op) && isComposite(op) && op.kernel !== undefined
}

function compute(tensor: Tensor, value: (of: Tensor) => Value, feeds: Values): Value {
  const { op } = tensor
  if (isLeaf(op)) {
    if (op.name === 'constant') return op.value
    const fed = feeds[op.attributes.name]
    if (fed !== undefined) return fed
    throw new BackendError({
      who: 'evaluate',
      problem: `input '${op.attributes.name}' was not given`,
      expected: formatType(tensor),
    })
  }
  if (isComposite(op)) {
    if (op.kernel === undefined) return value(tensor.expansion as Tensor)
    return { dtype: tensor.dtype, shape: tensor.shape, data: op.kernel(tensor.inputs.map(value), tensor) }
  }
  const inputs = tensor.inputs.map(value)
  const output = op.infer(inputs)
  return { ...output, data: op.kernel(inputs, output) }
}

/** The order in which tensors are computed for the given results. */
export function plan(roots: readonly Tensor[]): Tensor[] {
  return topological(roots, (tensor) => dependencies(tensor, hasKernel))
}

/** Computes the values of tensors from those of their inputs by name. `order` is `plan(roots)`, where it is known already. */
export function evaluate(
  roots: readonly Tensor[],
  feeds: Values = {},
  order: readonly Tensor[] = plan(roots),
): Value[] {
  const values = new Map<Tensor, Value>()
  const value = (of: Tensor) => values.get(of) as Value
  for (const tensor of order) values.set(tensor, compute(tensor, value, feeds))
  return roots.map(value)
}
