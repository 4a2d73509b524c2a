// A tensor is an immutable expression: an op and its inputs. Nothing is computed when it is built; its type is known at once.

import type { OnnxSink } from '../contracts/exporter.ts'
import { DTypeError, ShapeError } from '../errors.ts'
import { type DType, isFloat } from './dtype.ts'
import { checkShape, formatShape, type Shape } from './shape.ts'
import { type Type, type Value, valueOf } from './value.ts'

export type AttributeValue = number | string | boolean | readonly number[]
/** What tells two ops of one name apart. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** What a gradient rule sees: the node, and the derivative of the final scalar with respect to the node's output. */
export interface GradientCall {
  readonly inputs: readonly Tensor[]
  readonly output: Tensor
  readonly cotangent: Tensor
}

interface OpBase {
  readonly name: string
  readonly attributes: Attributes
}

/** A primitive op: its four facts. */
export interface PrimitiveOp extends OpBase {
  /** Shape rule: the type of the output, or an error that names the op. Also called with the concrete types when a program runs. */
  infer(inputs: readonly Type[]): Type
  /** Reference kernel: the numbers of the output, in a fresh array. */
  kernel(inputs: readonly Value[], output: Type): Value['data']
  /** Gradient, written in ops: one cotangent per input, `undefined` where there is none. */
  gradient(call: GradientCall): readonly (Tensor | undefined)[]
  /** Standard ONNX lowering: adds nodes to the sink and returns the name of the output. */
  lower(sink: OnnxSink, inputs: readonly string[], node: Tensor): string
}

/**
 * An op that is defined by a composition of others. It may carry *fused* forms: a shorter gradient (itself made of ops), a single
 * ONNX node, a faster kernel. Each must equal the composition.
 */
export interface CompositeOp extends OpBase {
  compose(inputs: readonly Tensor[]): Tensor
  gradient?(call: GradientCall): readonly (Tensor | undefined)[]
  lower?(sink: OnnxSink, inputs: readonly string[], node: Tensor): string
  kernel?(inputs: readonly Value[], output: Type): Value['data']
}

export type Op = PrimitiveOp | CompositeOp

export interface Tensor extends Type {
  readonly op: Op | Leaf
  readonly inputs: readonly Tensor[]
  /** The composition behind a composite op. */
  readonly expansion?: Tensor
}

/** The ends of an expression: a named input of a program, or a constant. */
export type Leaf =
  | { readonly name: 'input'; readonly attributes: { readonly name: string } }
  | { readonly name: 'constant'; readonly attributes: Attributes; readonly value: Value }

export function isLeaf(op: Tensor['op']): op is Leaf {
  return op.name === 'input' || op.name === 'constant'
}

export function isComposite(op: Op): op is CompositeOp {
  return 'compose' in op
}

/** A named input of a program: `input('x', [32, 784])`. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
  checkShape(`input ${name}`, shape)
  return { op: { name: 'input', attributes: { name } }, inputs: [], shape: [...shape], dtype }
}

/** A constant with the numbers of a value. */
export function constant(of: Value): Tensor {
  return { op: { name: 'constant', attributes: {}, value: of }, inputs: [], shape: of.shape, dtype: of.dtype }
}

/** A constant number of shape []. */
export function scalar(number: number, dtype: DType = 'float32'): Tensor {
  return constant(valueOf(dtype, [], [number]))
}

/** Applies an op: checks the types of its inputs and returns the new expression. */
export function apply(op: Op, inputs: readonly Tensor[]): Tensor {
  if (!isComposite(op)) {
    const { shape, dtype } = op.infer(inputs)
    return { op, inputs, shape, dtype }
  }
  const expansion = op.compose(inputs)
  return { op, inputs, expansion, shape: expansion.shape, dtype: expansion.dtype }
}

/** A number as a constant of the given element type; a tensor as it is. */
export function asTensor(x: Tensor | number, dtype: DType): Tensor {
  return typeof x === 'number' ? scalar(x, dtype) : x
}

/** `float32 [32, 784]` */
export function formatType({ dtype, shape }: Type): string {
  return `${dtype} ${formatShape(shape)}`
}

export function expectFloat(who: string, ...types: readonly Type[]): void {
  for (const type of types)
    if (!isFloat(type.dtype))
      throw new DTypeError({
        who,
        problem: 'not a floating-point tensor',
        expected: 'float32 or float64',
        got: formatType(type),
        hint: 'cast',
      })
}

export function expectDType(who: string, type: Type, ...allowed: readonly DType[]): void {
  if (!allowed.includes(type.dtype))
    throw new DTypeError({
      who,
      problem: 'element type not taken',
      expected: allowed.join(' or '),
      got: formatType(type),
      hint: 'cast',
    })
}

export function expectSameDType(who: string, a: Type, b: Type): void {
  if (a.dtype !== b.dtype)
    throw new DTypeError({
      who,
      problem: 'the operands have different element types',
      expected: 'the same on both sides',
      got: `${formatType(a)} and ${formatType(b)}`,
      hint: 'cast',
    })
}

export function expectRank(who: string, what: string, type: Type, rank: number): void {
  if (type.shape.length !== rank)
    throw new ShapeError({
      who,
      problem: `${what} has the wrong number of axes`,
      expected: `${rank} axes`,
      got: formatShape(type.shape),
    })
}
