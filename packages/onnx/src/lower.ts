// From expressions to ONNX nodes.

import { isComposite, isLeaf, type OnnxSink, ProgramError, type Tensor, topological } from '@gradwerk/core'
import type { GraphBuilder } from './graph-builder.ts'

/** How a tensor is computed in ONNX: from which other tensors, and by which nodes. */
export interface Lowering {
  readonly inputs: readonly Tensor[]
  /** Adds nodes and returns the name of the result. */
  lower(sink: OnnxSink, inputs: readonly string[]): string
}

/** What a rewrite may ask about the expressions around a tensor. */
export interface Surroundings {
  /** What a tensor is behind composites that are lowered through their composition. */
  resolve(tensor: Tensor): Tensor
  /** How many tensors and results use a tensor, under the standard lowerings. */
  uses(tensor: Tensor): number
}

/** A rule that computes some tensors in another way than by their op's standard lowering, with the same numbers. */
export interface Rewrite {
  readonly name: string
  match(tensor: Tensor, surroundings: Surroundings): Lowering | undefined
}

export interface Lowered {
  /** Inputs before users. */
  readonly tensors: readonly Tensor[]
  /** What the value of a lowered tensor is called. */
  nameOf(tensor: Tensor): string
}

/**
 * Lowers everything that the roots depend on, down to the tensors that are bound to names already. Nodes are named after the path that
 * `pathOf` gives for what they compute. Throws a ProgramError for an input that is not bound.
 */
export function lowerExpressions(
  builder: GraphBuilder,
  roots: readonly Tensor[],
  bound: ReadonlyMap<Tensor, string>,
  rewrites: readonly Rewrite[] = [],
  pathOf: (tensor: Tensor) => string = () => '',
): Lowered {
  const surroundings = rewrites.length === 0 ? undefined : survey(roots, bound)
  const lowerings = new Map<Tensor, Lowering>()
  const choose = (tensor: Tensor): Lowering => {
    if (!bound.has(tensor) && !isLeaf(tensor.op) && surroundings !== undefined)
      for (const rewrite of rewrites) {
        const match = rewrite.match(tensor, surroundings)
        if (match !== undefined) return match
      }
    return standardLowering(tensor, bound)
  }
  const enter = (tensor: Tensor) => {
    const lowering = choose(tensor)
    lowerings.set(tensor, lowering)
    return lowering.inputs
  }
  const names = new Map<Tensor, string>()
  const nameOf = (tensor: Tensor) => names.get(tensor) as string
  const tensors = topological(roots, enter)
  for (const tensor of tensors) {
    const { inputs, lower } = lowerings.get(tensor) as Lowering
    builder.lowering = tensor.op.name
    builder.path = pathOf(tensor)
    names.set(tensor, lower(builder, inputs.map(nameOf)))
  }
  return { tensors, nameOf: (tensor) => builder.nameNow(nameOf(tensor)) }
}

/** What the graph computes a tensor from under the ops' own lowerings. */
export function graphInputs(tensor: Tensor): readonly Tensor[] {
  return isExpanded(tensor) && tensor.expansion !== undefined ? [tensor.expansion] : tensor.inputs
}

/** Whether an expression is replaced by the composition behind it. */
function isExpanded({ op, expansion }: Tensor): boolean {
  return expansion !== undefined && !isLeaf(op) && isComposite(op) && op.lower === undefined
}

/** The lowering that the op itself defines. */
function standardLowering(tensor: Tensor, bound: ReadonlyMap<Tensor, string>): Lowering {
  const { op, inputs, expansion } = tensor
  const name = bound.get(tensor)
  if (name !== undefined) return { inputs: [], lower: () => name }
  if (isLeaf(op)) {
    if (op.name === 'constant') return { inputs: [], lower: (sink) => sink.constant(op.value) }
    throw new ProgramError({ who: 'onnx', problem: `input '${op.attributes.name}' is used but not declared` })
  }
  if (op.lower !== undefined) {
    const { lower } = op
    return { inputs, lower: (sink, names) => lower.call(op, sink, names, tensor) }
  }
  return { inputs: expansion === undefined ? [] : [expansion], lower: (_, names) => names[0] as string }
}

/** Counts uses under the standard lowerings. */
function survey(roots: readonly Tensor[], bound: ReadonlyMap<Tensor, string>): Surroundings {
  const resolve = (tensor: Tensor): Tensor => {
    let found = tensor
    while (!bound.has(found) && isExpanded(found) && found.expansion !== undefined) found = found.expansion
    return found
  }
  const counts = new Map<Tensor, number>()
  const count = (tensor: Tensor) => counts.set(resolve(tensor), (counts.get(resolve(tensor)) ?? 0) + 1)
  for (const root of roots) count(root)
  for (const tensor of topological(roots, (entered) => standardLowering(entered, bound).inputs))
    if (resolve(tensor) === tensor) for (const input of standardLowering(tensor, bound).inputs) count(input)
  return { resolve, uses: (tensor) => counts.get(resolve(tensor)) ?? 0 }
}
