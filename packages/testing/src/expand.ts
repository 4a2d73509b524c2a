// Composites taken apart.

import { apply, isComposite, isLeaf, type Op, type Tensor, topological } from '@gradwerk/core'

/** An expression without composite ops: each is replaced by its composition. */
export function expanded(root: Tensor): Tensor {
  const made = new Map<Tensor, Tensor>()
  const rebuild = (tensor: Tensor): Tensor => {
    const { op } = tensor
    if (isLeaf(op)) return tensor
    const inputs = tensor.inputs.map((from) => made.get(from) as Tensor)
    return isComposite(op) ? expanded(op.compose(inputs)) : apply(op, inputs)
  }
  for (const tensor of topological([root])) made.set(tensor, rebuild(tensor))
  return made.get(root) as Tensor
}

/** All ops of an expression, those inside of compositions included. */
export function opsOf(roots: readonly Tensor[]): Op[] {
  const inside = ({ inputs, expansion }: Tensor) => (expansion === undefined ? inputs : [...inputs, expansion])
  return topological(roots, inside).flatMap(({ op }) => (isLeaf(op) ? [] : [op]))
}
