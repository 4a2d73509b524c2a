// Expressions of one input x: what depends on it, who uses what, and the same expression with one tensor replaced.

import { apply, isLeaf, type Tensor, topological } from '@gradwerk/core'

/** The tensors that an expression consists of, x the first of them: what x itself is made of does not belong to it. */
export function tensorsOf(output: Tensor, x: Tensor): Tensor[] {
  return topological([output], (tensor) => (tensor === x ? [] : tensor.inputs))
}

/** What does not change with x: parameters, states, constants and whatever is computed from them alone. */
export function fixedOf(tensors: readonly Tensor[], x: Tensor): ReadonlySet<Tensor> {
  const fixed = new Set<Tensor>()
  for (const tensor of tensors) if (tensor !== x && tensor.inputs.every((from) => fixed.has(from))) fixed.add(tensor)
  return fixed
}

/** The tensors that use a tensor, once for each use. */
export function usersOf(tensors: readonly Tensor[]): ReadonlyMap<Tensor, readonly Tensor[]> {
  const users = new Map<Tensor, Tensor[]>()
  for (const tensor of tensors)
    for (const from of tensor.inputs) {
      const known = users.get(from)
      if (known === undefined) users.set(from, [tensor])
      else known.push(tensor)
    }
  return users
}

/** Rebuilds an expression; `replacement` gives another tensor for some of its tensors. What does not change stays the same tensor. */
export function rebuilt(output: Tensor, x: Tensor, replacement: (tensor: Tensor) => Tensor | undefined): Tensor {
  const made = new Map<Tensor, Tensor>()
  const enter = (tensor: Tensor) => (tensor === x || replacement(tensor) !== undefined ? [] : tensor.inputs)
  for (const tensor of topological([output], enter)) {
    const instead = replacement(tensor)
    const inputs = tensor.inputs.map((from) => made.get(from) ?? from)
    const same = tensor === x || isLeaf(tensor.op) || inputs.every((from, i) => from === tensor.inputs[i])
    made.set(tensor, instead ?? (same || isLeaf(tensor.op) ? tensor : apply(tensor.op, inputs)))
  }
  return made.get(output) as Tensor
}
