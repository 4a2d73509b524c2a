// Reverse-mode differentiation, in the graph: gradients are expressions like any other, so they can be differentiated again.

import { GradientError } from '../errors.ts'
import { add } from '../ops/binary.ts'
import { isFloat } from '../tensor/dtype.ts'
import { formatShape, sameShape } from '../tensor/shape.ts'
import { constant, isComposite, isLeaf, scalar, type Tensor } from '../tensor/tensor.ts'
import { filled } from '../tensor/value.ts'
import { topological } from './graph.ts'

/** A composite without a gradient of its own is differentiated through its composition. */
function differentiated({ op, inputs, expansion }: Tensor): readonly Tensor[] {
  return expansion !== undefined && !isLeaf(op) && isComposite(op) && op.gradient === undefined ? [expansion] : inputs
}

/** The cotangents of what a node depends on, in the order of `differentiated`. */
function pullBack(node: Tensor, cotangent: Tensor): readonly (Tensor | undefined)[] {
  const { op } = node
  if (isLeaf(op)) return []
  if (isComposite(op) && op.gradient === undefined) return [cotangent]
  return op.gradient?.({ inputs: node.inputs, output: node, cotangent }) ?? []
}

/**
 * ∂output/∂x for each of the given tensors, of their shapes: the transposed Jacobian applied to `cotangent` (1 for a scalar output). A
 * tensor that the output does not depend on has gradient 0. Throws a GradientError when the output is not a float scalar and
 * no cotangent is given.
 */
export function gradients(output: Tensor, withRespectTo: readonly Tensor[], cotangent?: Tensor): Tensor[] {
  if (cotangent === undefined && (output.shape.length !== 0 || !isFloat(output.dtype)))
    throw new GradientError({
      who: 'gradients',
      problem: 'the output is not a scalar',
      expected: 'a float scalar, or a cotangent of the output’s shape',
      got: `${output.dtype} ${formatShape(output.shape)}`,
    })
  if (cotangent !== undefined && !sameShape(cotangent.shape, output.shape))
    throw new GradientError({
      who: 'gradients',
      problem: 'the cotangent has another shape',
      expected: formatShape(output.shape),
      got: formatShape(cotangent.shape),
    })
  const order = topological([output], differentiated)
  const targets = new Set(withRespectTo)
  const needed = new Set<Tensor>()
  for (const node of order)
    if (targets.has(node) || differentiated(node).some((from) => needed.has(from))) needed.add(node)
  const cotangents = new Map<Tensor, Tensor>([[output, cotangent ?? scalar(1, output.dtype)]])
  for (const node of order.toReversed()) {
    const received = cotangents.get(node)
    if (received === undefined || !needed.has(node)) continue
    const given = pullBack(node, received)
    differentiated(node).forEach((from, i) => {
      const part = given[i]
      if (part === undefined || !needed.has(from)) return
      if (!sameShape(part.shape, from.shape) || part.dtype !== from.dtype)
        throw new GradientError({
          who: node.op.name,
          problem: 'its gradient has the wrong type',
          expected: formatShape(from.shape),
          got: formatShape(part.shape),
        })
      const sofar = cotangents.get(from)
      cotangents.set(from, sofar === undefined ? part : add(sofar, part))
    })
  }
  return withRespectTo.map((x) => cotangents.get(x) ?? constant(filled(x.dtype, x.shape, 0)))
}
