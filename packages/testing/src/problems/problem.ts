// Four standard problems for optimizers: a kernel [4, 3] is to be found that minimizes a loss.

import {
  add,
  constant,
  input,
  keyOf,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  randomStream,
  type Shape,
  square,
  sub,
  sum,
  type Tensor,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { randomValue } from '../values.ts'

export type ProblemName = 'quadratic' | 'illConditioned' | 'logisticRegression' | 'noisyLeastSquares'

export interface Problem {
  readonly name: ProblemName
  /** What each step is given besides the parameter. */
  readonly inputs: Readonly<Record<string, Tensor>>
  /** Those inputs for a number of steps, with the steps as leading axis. */
  feed(steps: number): Values
  /** The loss of a step. */
  loss(parameter: Tensor): Tensor
  /** The loss that counts: without noise. */
  evaluation(parameter: Tensor): Tensor
  /** The loss of the best parameter. */
  readonly least: number
}

export const problemShape: Shape = [4, 3]
export const problemStart: Value = randomValue({ dtype: 'float32', shape: problemShape }, 41, {
  low: -2,
  high: 2,
  gap: 0.2,
})

const best = randomValue({ dtype: 'float32', shape: problemShape }, 42)

/** ½ Σ curvature · (w − best)² */
function bowl(name: ProblemName, curvature: Value): Problem {
  const loss = (w: Tensor) => mul(sum(mul(constant(curvature), square(sub(w, constant(best))))), 0.5)
  return { name, inputs: {}, feed: () => ({}), loss, evaluation: loss, least: 0 }
}

const quadratic = bowl('quadratic', valueOf('float32', problemShape, new Float32Array(12).fill(1)))
/** Curvatures from 0.02 to 2. */
const illConditioned = bowl(
  'illConditioned',
  valueOf(
    'float32',
    problemShape,
    Float32Array.from({ length: 12 }, (_, i) => 0.02 * 100 ** (i / 11)),
  ),
)

/** Softmax regression with a little decay, so that there is one best parameter; its loss was found by gradient descent in float64. */
function logisticRegression(): Problem {
  const samples = 24
  const x = constant(randomValue({ dtype: 'float32', shape: [samples, 4] }, 43))
  const labels = Array.from(randomValue({ dtype: 'int32', shape: [samples] }, 44, { low: 0, high: 2 }).data, Number)
  const targets = constant(
    valueOf(
      'float32',
      [samples, 3],
      labels.flatMap((label) => [0, 1, 2].map((k) => Number(k === label))),
    ),
  )
  const loss = (w: Tensor) =>
    add(neg(mean(sum(mul(targets, logSoftmax(matmul(x, w))), { axes: [1] }))), mul(sum(square(w)), 0.05))
  return { name: 'logisticRegression', inputs: {}, feed: () => ({}), loss, evaluation: loss, least: 0.981754297124502 }
}

/** Least squares on fresh noisy rows in every step; what counts is the distance from the parameter behind the data. */
function noisyLeastSquares(): Problem {
  const rows = 16
  const inputs = { rows: input('rows', [rows, 4]), noise: input('noise', [rows, 3]) }
  const normals = (steps: number, shape: Shape, seed: number, scale: number) => {
    const random = randomStream(keyOf(seed))
    const size = shape.reduce((a, b) => a * b, steps)
    return valueOf(
      'float32',
      [steps, ...shape],
      Float32Array.from({ length: size }, () => scale * random.normal()),
    )
  }
  return {
    name: 'noisyLeastSquares',
    inputs,
    feed: (steps) => ({ rows: normals(steps, [rows, 4], 45, 1), noise: normals(steps, [rows, 3], 46, 0.1) }),
    loss(w) {
      const error = sub(matmul(inputs.rows, sub(w, constant(best))), inputs.noise)
      return mul(mean(sum(square(error), { axes: [1] })), 0.5)
    },
    evaluation: (w) => mul(sum(square(sub(w, constant(best)))), 0.5),
    least: 0,
  }
}

export const problems: readonly Problem[] = [quadratic, illConditioned, logisticRegression(), noisyLeastSquares()]
