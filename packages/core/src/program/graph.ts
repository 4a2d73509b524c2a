// Walks over expressions.

import { isComposite, isLeaf, type Tensor } from '../tensor/tensor.ts'

/** All tensors that the given ones depend on, inputs before users. `enter` chooses what a node depends on. */
export function topological(
  roots: readonly Tensor[],
  enter: (tensor: Tensor) => readonly Tensor[] = ({ inputs }) => inputs,
): Tensor[] {
  const order: Tensor[] = []
  const seen = new Set<Tensor>()
  const stack: { tensor: Tensor; dependencies: readonly Tensor[]; next: number }[] = []
  const push = (tensor: Tensor) => {
    if (seen.has(tensor)) return
    seen.add(tensor)
    stack.push({ tensor, dependencies: enter(tensor), next: 0 })
  }
  for (const root of roots) {
    push(root)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const dependency = top.dependencies[top.next++]
      if (dependency !== undefined) push(dependency)
      else {
        order.push(top.tensor)
        stack.pop()
      }
    }
  }
  return order
}

/**
 * What a backend has to compute a node from: its inputs, or for a composite op that the backend does not take as a whole, the
 * composition behind it.
 */
export function dependencies(tensor: Tensor, takesWhole: (tensor: Tensor) => boolean): readonly Tensor[] {
  return tensor.expansion !== undefined && !isLeaf(tensor.op) && isComposite(tensor.op) && !takesWhole(tensor)
    ? [tensor.expansion]
    : tensor.inputs
}
