// Matrix products.

import type { Tensor } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import type { NodeCall } from '../node-call.ts'
import { type Operators, operator } from './operator.ts'

/** A vector is a row on the left and a column on the right, without the axis that this adds. */
function matmul(call: NodeCall): Tensor {
  const [a, b] = [call.tensor(0), call.tensor(1)]
  const left = a.shape.length === 1 ? core.reshape(a, [1, a.shape[0] as number]) : a
  const right = b.shape.length === 1 ? core.reshape(b, [b.shape[0] as number, 1]) : b
  const product = core.matmul(left, right)
  const { length } = product.shape
  const dropped = [...(left === a ? [] : [length - 2]), ...(right === b ? [] : [length - 1])]
  return core.reshape(
    product,
    product.shape.filter((_, axis) => !dropped.includes(axis)),
  )
}

function gemm(call: NodeCall): Tensor {
  const transposed = { transposeA: call.int('transA', 0) === 1, transposeB: call.int('transB', 0) === 1 }
  const [alpha, beta] = [call.float('alpha', 1), call.float('beta', 1)]
  call.ignore('broadcast')
  const product = core.mul(core.matmul(call.tensor(0), call.tensor(1), transposed), alpha)
  const c = call.inputs[2]
  return c === undefined ? product : core.add(product, core.mul(c, beta))
}

export const matrices: Operators = {
  MatMul: operator('matmul', matmul),
  Gemm: operator('matmul', gemm),
}
