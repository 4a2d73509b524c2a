// Elementwise comparisons, which give bool, and logic on bool.

import type { OnnxSink } from '../contracts/exporter.ts'
import { apply, asTensor, expectDType, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import type { Type } from '../tensor/value.ts'
import { inferBinary } from './binary.ts'
import { mapElements } from './elementwise.ts'

type Operand = Tensor | number

/** ONNX Runtime compares no unsigned numbers: they are widened first. */
function widened(sink: OnnxSink, inputs: readonly string[], node: Tensor): readonly string[] {
  const unsigned = node.inputs.some(({ dtype }) => dtype === 'uint8' || dtype === 'uint32')
  return unsigned ? inputs.map((name) => sink.node('Cast', [name], { to: { dtype: 'int64' } })) : inputs
}

function compare(name: string, onnx: string, f: (a: number, b: number) => boolean): (a: Tensor, b: Operand) => Tensor {
  const op: PrimitiveOp = {
    name,
    attributes: {},
    infer: (inputs) => inferBinary(name, inputs, 'bool'),
    kernel: (inputs, output) => mapElements(inputs, output, (a, b) => Number(f(a as number, b as number))),
    gradient: () => [],
    lower: (sink, inputs, node) => sink.node(onnx, widened(sink, inputs, node)),
  }
  return (a, b) => apply(op, [a, asTensor(b, a.dtype)])
}

export const equal: (a: Tensor, b: Operand) => Tensor = compare('equal', 'Equal', (a, b) => a === b)
export const less: (a: Tensor, b: Operand) => Tensor = compare('less', 'Less', (a, b) => a < b)
export const lessEqual: (a: Tensor, b: Operand) => Tensor = compare('lessEqual', 'LessOrEqual', (a, b) => a <= b)
export const greater: (a: Tensor, b: Operand) => Tensor = compare('greater', 'Greater', (a, b) => a > b)
export const greaterEqual: (a: Tensor, b: Operand) => Tensor = compare(
  'greaterEqual',
  'GreaterOrEqual',
  (a, b) => a >= b,
)

function logic(name: string, onnx: string, f: (...x: number[]) => number): PrimitiveOp {
  return {
    name,
    attributes: {},
    infer(inputs) {
      for (const type of inputs) expectDType(name, type, 'bool')
      return inputs.length === 1 ? (inputs[0] as Type) : inferBinary(name, inputs)
    },
    kernel: (inputs, output) => mapElements(inputs, output, f),
    gradient: () => [],
    lower: (sink, inputs) => sink.node(onnx, inputs),
  }
}

const andOp = logic('and', 'And', (a, b) => (a as number) & (b as number))
const orOp = logic('or', 'Or', (a, b) => (a as number) | (b as number))
const notOp = logic('not', 'Not', (a) => 1 - (a as number))

export function and(a: Tensor, b: Tensor): Tensor {
  return apply(andOp, [a, b])
}
export function or(a: Tensor, b: Tensor): Tensor {
  return apply(orOp, [a, b])
}
export function not(a: Tensor): Tensor {
  return apply(notOp, [a])
}
