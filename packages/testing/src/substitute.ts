// Expressions with parts of them replaced.

import {
  apply,
  constant,
  evaluate,
  isComposite,
  isLeaf,
  type Tensor,
  topological,
  type Value,
  type Values,
} from '@gradwerk/core'

/** Rebuilds an expression; `replacement` gives another tensor for some of its nodes. */
function rebuilt(root: Tensor, replacement: (tensor: Tensor) => Tensor | undefined): Tensor {
  const made = new Map<Tensor, Tensor>()
  for (const tensor of topological([root])) {
    const { op } = tensor
    const inputs = tensor.inputs.map((from) => made.get(from) as Tensor)
    const same = isLeaf(op) || inputs.every((from, i) => from === tensor.inputs[i])
    made.set(tensor, replacement(tensor) ?? (same ? tensor : apply(op, inputs)))
  }
  return made.get(root) as Tensor
}

/** Rebuilds an expression with its inputs, by name, replaced. */
export function substitute(root: Tensor, replacement: (name: string) => Tensor): Tensor {
  return rebuilt(root, ({ op }) => (isLeaf(op) && op.name === 'input' ? replacement(op.attributes.name) : undefined))
}

/** All `stopGradient` nodes of an expression, those inside of composites included. */
function stopped(root: Tensor): Tensor[] {
  const inside = ({ inputs, expansion }: Tensor) => (expansion === undefined ? inputs : [...inputs, expansion])
  return topological([root], inside).filter(({ op }) => op.name === 'stopGradient')
}

/** The expression with everything behind a `stopGradient` held at its value: what its gradient is the gradient of. */
export function holdStopped(root: Tensor, at: Values): Tensor {
  const nodes = stopped(root)
  if (nodes.length === 0) return root
  const values = evaluate(nodes, at)
  const held = new Map(nodes.map((node, i) => [node, constant(values[i] as Value)]))
  const replace = (tensor: Tensor): Tensor | undefined => {
    const { op, expansion } = tensor
    const opens = expansion !== undefined && !isLeaf(op) && isComposite(op) && op.gradient === undefined
    return held.get(tensor) ?? (opens && stopped(expansion).length > 0 ? rebuilt(expansion, replace) : undefined)
  }
  return rebuilt(root, replace)
}
