// Matrix products.

import { ShapeError } from '../errors.ts'
import { allocate, type NumericData } from '../tensor/dtype.ts'
import { broadcastShapes, formatShape, type Shape, sizeOf } from '../tensor/shape.ts'
import { apply, expectFloat, expectSameDType, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { numbers, type Type, type Value } from '../tensor/value.ts'
import { broadcastStrides, sumTo, visit } from './elementwise.ts'

export interface MatmulOptions {
  /** Use a with its last two axes exchanged. Default false. */
  readonly transposeA?: boolean
  /** Use b with its last two axes exchanged. Default false. */
  readonly transposeB?: boolean
}

/** The last two lengths: [rows, columns] after a transposition. */
function matrix(shape: Shape, transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number]
  return transposed ? [columns, rows] : [rows, columns]
}

function infer(inputs: readonly Type[], transposeA: boolean, transposeB: boolean): Type {
  const [a, b] = inputs as [Type, Type]
  expectFloat('matmul', a, b)
  expectSameDType('matmul', a, b)
  const problem = (expected: string) =>
    new ShapeError({
      who: 'matmul',
      problem: `shapes ${formatShape(a.shape)}${transposeA ? 'ᵀ' : ''} and ${formatShape(b.shape)}${transposeB ? 'ᵀ' : ''} do not multiply`,
      expected,
      got: `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    })
  if (a.shape.length < 2 || b.shape.length < 2) throw problem('two matrices [n, k] and [k, m], or stacks of them')
  const [rows, inner] = matrix(a.shape, transposeA)
  const [same, columns] = matrix(b.shape, transposeB)
  if (inner !== same) throw problem(`equal inner lengths, not ${inner} and ${same}`)
  return {
    dtype: a.dtype,
    shape: [...broadcastShapes('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns],
  }
}

/** One product, accumulated in double precision. */
function kernel([a, b]: readonly Value[], output: Type, transposeA: boolean, transposeB: boolean): NumericData {
  const { shape: shapeA } = a as Value
  const { shape: shapeB } = b as Value
  const [rows, inner] = matrix(shapeA, transposeA)
  const [, columns] = matrix(shapeB, transposeB)
  const [rowA, stepA] = transposeA ? [1, rows] : [inner, 1]
  const [stepB, columnB] = transposeB ? [1, inner] : [columns, 1]
  const out = allocate(output.dtype, sizeOf(output.shape)) as NumericData
  const dataA = numbers(a as Value)
  const dataB = numbers(b as Value)
  const batch = output.shape.slice(0, -2)
  const strides = [shapeA, shapeB].map((shape) =>
    broadcastStrides([...shape.slice(0, -2), 1, 1], [...batch, 1, 1]).slice(0, -2),
  )
  visit(batch, strides, (index, [stackA, stackB]) => {
    const fromA = (stackA as number) * rows * inner
    const fromB = (stackB as number) * inner * columns
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let total = 0
        for (let k = 0; k < inner; k++)
          total += (dataA[fromA + i * rowA + k * stepA] as number) * (dataB[fromB + k * stepB + j * columnB] as number)
        out[(index * rows + i) * columns + j] = total
      }
  })
  return out
}

function matmulOp(transposeA: boolean, transposeB: boolean): PrimitiveOp {
  return {
    name: 'matmul',
    attributes: { transposeA, transposeB },
    infer: (inputs) => infer(inputs, transposeA, transposeB),
    kernel: (inputs, output) => kernel(inputs, output, transposeA, transposeB),
    gradient({ inputs, cotangent: ct }) {
      const [a, b] = inputs as [Tensor, Tensor]
      const da = transposeA
        ? matmul(b, ct, { transposeA: transposeB, transposeB: true })
        : matmul(ct, b, { transposeB: !transposeB })
      const db = transposeB
        ? matmul(ct, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, ct, { transposeA: !transposeA })
      return [sumTo(da, a.shape), sumTo(db, b.shape)]
    },
    lower(sink, inputs, node) {
      const [a, b] = inputs as [string, string]
      if (node.inputs.every(({ shape }) => shape.length === 2))
        return sink.node('Gemm', [a, b], { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } })
      const turned = (name: string, rank: number, turn: boolean) => {
        const axes = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
        return turn ? sink.node('Transpose', [name], { perm: { ints: axes } }) : name
      }
      const [rankA, rankB] = node.inputs.map(({ shape }) => shape.length) as [number, number]
      return sink.node('MatMul', [turned(a, rankA, transposeA), turned(b, rankB, transposeB)])
    },
  }
}

/** The matrix product of a: [..., n, k] and b: [..., k, m] → [..., n, m]; leading axes broadcast. */
export function matmul(a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: MatmulOptions = {}): Tensor {
  return apply(matmulOp(transposeA, transposeB), [a, b])
}
