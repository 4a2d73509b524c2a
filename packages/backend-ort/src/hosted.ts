// Random numbers that the host draws and feeds: kernels in JavaScript are many times faster than the same hash in a graph.

import {
  evaluate,
  isComposite,
  isLeaf,
  joinSteps,
  type Program,
  plan,
  sliceStep,
  type Tensor,
  topological,
  type Values,
} from '@gradwerk/core'
import { graphInputs } from '@gradwerk/onnx'

/** A composite op with a kernel of its own and no ONNX form: random words, masks, keys. */
function isRandom({ op }: Tensor): boolean {
  return !isLeaf(op) && isComposite(op) && op.kernel !== undefined && op.lower === undefined
}

/** What a tensor is made of: its inputs, and for a composite op also its composition. */
function everything({ inputs, expansion }: Tensor): readonly Tensor[] {
  return expansion === undefined ? inputs : [...inputs, expansion]
}

/**
 * The random tensors behind the roots that depend on no state, so that they are known before a call begins. Only the last of a
 * chain: a mask, and not the key folded for it.
 */
export function hostedTensors(program: Program, roots: readonly Tensor[]): Set<Tensor> {
  const states = new Set(Object.values(program.state).map(({ current }) => current))
  const stateless = new Set<Tensor>()
  for (const tensor of topological(roots, everything))
    if (!states.has(tensor) && tensor.inputs.every((input) => stateless.has(input))) stateless.add(tensor)
  const hosted = new Set<Tensor>()
  topological(roots, (tensor) => {
    if (!isRandom(tensor) || !stateless.has(tensor)) return graphInputs(tensor)
    hosted.add(tensor)
    return []
  })
  return hosted
}

/** Computes hosted tensors for every step of a call; the results have a leading axis of steps. */
export function hostEvaluator(tensors: readonly Tensor[]): (steps: number, shared: Values, inputs: Values) => Values {
  const order = plan(tensors)
  const names = order.flatMap(({ op }) => (isLeaf(op) && op.name === 'input' ? [op.attributes.name] : []))
  const pick = (values: Values): Values =>
    Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])))
  return (steps, shared, inputs) => {
    if (tensors.length === 0) return {}
    const [constant, changing] = [pick(shared), pick(inputs)]
    const results = Array.from({ length: steps }, (_, step) => {
      const values = evaluate(tensors, { ...constant, ...sliceStep(changing, step) }, order)
      return Object.fromEntries(values.map((value, i) => [String(i), value]))
    })
    return joinSteps(results)
  }
}
