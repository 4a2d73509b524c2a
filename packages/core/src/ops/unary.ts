// Elementwise functions of one tensor: y[i] = f(x[i]). Each row of the family holds the function, its derivative and its ONNX name.

import { apply, expectFloat, type PrimitiveOp, type Tensor } from '../tensor/tensor.ts'
import { div, mul, sub } from './binary.ts'
import { mapElements } from './elementwise.ts'
import { erfOf, softplusOf } from './numerics.ts'

type Derivative = (cotangent: Tensor, x: Tensor, y: Tensor) => Tensor | undefined

function unary(name: string, onnx: string, f: (x: number) => number, derivative: Derivative): (x: Tensor) => Tensor {
  const op: PrimitiveOp = {
    name,
    attributes: {},
    infer([x]) {
      const { dtype, shape } = x as Tensor
      expectFloat(name, { dtype, shape })
      return { dtype, shape }
    },
    kernel: (inputs, output) => mapElements(inputs, output, f),
    gradient: ({ inputs: [x], output, cotangent }) => [derivative(cotangent, x as Tensor, output)],
    lower: (sink, inputs) => sink.node(onnx, inputs),
  }
  return (x) => apply(op, [x])
}

/** −x */
export const neg: (x: Tensor) => Tensor = unary(
  'neg',
  'Neg',
  (x) => -x,
  (ct) => neg(ct),
)
/** |x|; derivative 0 at 0. */
export const abs: (x: Tensor) => Tensor = unary('abs', 'Abs', Math.abs, (ct, x) => mul(ct, sign(x)))
/** −1, 0 or 1; derivative 0. */
export const sign: (x: Tensor) => Tensor = unary('sign', 'Sign', Math.sign, () => undefined)
/** The largest whole number ≤ x; derivative 0. */
export const floor: (x: Tensor) => Tensor = unary('floor', 'Floor', Math.floor, () => undefined)
/** eˣ */
export const exp: (x: Tensor) => Tensor = unary('exp', 'Exp', Math.exp, (ct, _, y) => mul(ct, y))
/** Natural logarithm. */
export const log: (x: Tensor) => Tensor = unary('log', 'Log', Math.log, (ct, x) => div(ct, x))
/** Square root. */
export const sqrt: (x: Tensor) => Tensor = unary('sqrt', 'Sqrt', Math.sqrt, (ct, _, y) => div(mul(ct, 0.5), y))
export const sin: (x: Tensor) => Tensor = unary('sin', 'Sin', Math.sin, (ct, x) => mul(ct, cos(x)))
export const cos: (x: Tensor) => Tensor = unary('cos', 'Cos', Math.cos, (ct, x) => neg(mul(ct, sin(x))))
export const tanh: (x: Tensor) => Tensor = unary('tanh', 'Tanh', Math.tanh, (ct, _, y) => mul(ct, sub(1, mul(y, y))))
/** 1 / (1 + e⁻ˣ) */
export const sigmoid: (x: Tensor) => Tensor = unary(
  'sigmoid',
  'Sigmoid',
  (x) => 1 / (1 + Math.exp(-x)),
  (ct, _, y) => mul(ct, mul(y, sub(1, y))),
)
/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf: (x: Tensor) => Tensor = unary('erf', 'Erf', erfOf, (ct, x) =>
  mul(ct, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
)
/** max(x, 0); derivative 0 at 0. */
export const relu: (x: Tensor) => Tensor = unary(
  'relu',
  'Relu',
  (x) => (x > 0 ? x : Number.isNaN(x) ? x : 0),
  (ct, _, y) => mul(ct, sign(y)),
)
/** log(1 + eˣ), without overflow. */
export const softplus: (x: Tensor) => Tensor = unary('softplus', 'Softplus', softplusOf, (ct, x) => mul(ct, sigmoid(x)))

/** x² */
export function square(x: Tensor): Tensor {
  return mul(x, x)
}
