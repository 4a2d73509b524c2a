import {
  add,
  apply,
  type CompositeOp,
  dynamic,
  input,
  mul,
  neg,
  program,
  relu,
  softmax,
  type Tensor,
} from '@gradwerk/core'
import { expect, test } from 'vitest'
import type { GraphProto } from './generated/onnx_pb.ts'
import type { Rewrite } from './lower.ts'
import { lowerProgram, nextName } from './lower-program.ts'
import { decodeModel } from './read/decode.ts'

const x = input('x', [dynamic, 3])
const w = input('w', [3])

function graphOf(outputs: Record<string, Tensor>, rewrites: readonly Rewrite[] = []): GraphProto {
  const lowered = lowerProgram(program({ name: 'p', shared: { w }, inputs: { x }, state: {}, outputs }), { rewrites })
  return decodeModel(lowered).graph as GraphProto
}

const operators = ({ node }: GraphProto) => node.map(({ opType }) => opType)

/** 2 x, with a composition and no ONNX node of its own. */
function double(of: Tensor): Tensor {
  const op: CompositeOp = { name: 'double', attributes: {}, compose: ([from]) => add(from as Tensor, from as Tensor) }
  return apply(op, [of])
}

test('a program becomes a graph with its names and types', () => {
  const graph = graphOf({ y: mul(x, w) })
  expect(graph.input.map(({ name }) => name)).toEqual(['w', 'x'])
  expect(graph.output.map(({ name }) => name)).toEqual(['y'])
  const type = graph.input[1]?.type?.value
  expect(type?.case === 'tensorType' && type.value.shape?.dim.map(({ value }) => value.value)).toEqual(['batch', 3n])
})

test('composites with a lowering are one node, the others their composition, and equal expressions are computed once', () => {
  expect(operators(graphOf({ y: softmax(x) }))).toEqual(['Softmax'])
  expect(operators(graphOf({ y: double(x) }))).toEqual(['Add'])
  expect(operators(graphOf({ y: add(relu(x), mul(relu(x), w)) }))).toEqual(['Relu', 'Mul', 'Add'])
})

test('a training step gives its next states, and states that stay as they are', () => {
  const kept = input('kept', [])
  const state = { w: { current: w, next: neg(w) }, kept: { current: kept, next: kept } }
  const step = program({ name: 'step', shared: {}, inputs: { x }, state, outputs: { y: mul(x, w) } })
  const graph = decodeModel(lowerProgram(step)).graph as GraphProto
  expect(graph.output.map(({ name }) => name)).toEqual(['y', nextName('w'), nextName('kept')])
})

test('a rewrite goes before the standard lowering, sees through composites and knows how often a tensor is used', () => {
  const seen: number[] = []
  const negatedSum: Rewrite = {
    name: 'negated-sum',
    match(tensor, { resolve, uses }) {
      if (tensor.op.name !== 'neg') return undefined
      const from = resolve(tensor.inputs[0] as Tensor)
      seen.push(uses(from))
      if (from.op.name !== 'add' || uses(from) > 1) return undefined
      return { inputs: from.inputs, lower: (sink, names) => sink.node('test.NegatedSum', names) }
    },
  }
  expect(operators(graphOf({ y: neg(double(x)) }, [negatedSum]))).toEqual(['NegatedSum'])
  const doubled = double(x)
  expect(operators(graphOf({ y: neg(doubled), z: doubled }, [negatedSum]))).toEqual(['Add', 'Neg'])
  expect(seen).toEqual([1, 2])
})
