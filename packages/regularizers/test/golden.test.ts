import { readFileSync } from 'node:fs'
import {
  type Constraint,
  constant,
  constantHyperparameters,
  evaluate,
  gradients,
  input,
  type ParameterInfo,
  type Regularizer,
  type Shape,
  scalar,
  type Tensor,
  type Value,
  valueOf,
} from '@gradwerk/core'
import {
  elasticNet,
  groupLasso,
  l1,
  l2,
  maxNorm,
  nonNegative,
  orthogonality,
  ridge,
  type UnitSide,
  unitNorm,
} from '@gradwerk/regularizers'
import { expectClose } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

type Options = Readonly<Record<'lambda' | 'l1' | 'l2' | 't' | 't1' | 't2' | 'alpha' | 'ratio' | 'c', number>> & {
  readonly group_axis: 0 | 1
  readonly scale_by_sqrt_size: boolean
  readonly side: 'rows' | 'columns'
}

interface GoldenCase {
  readonly name: string
  readonly op: string
  readonly options: Options
  readonly inputs: { readonly w: GoldenTensor }
  readonly cotangents?: { readonly penalty: GoldenTensor }
  readonly outputs: { readonly penalty?: GoldenTensor; readonly w?: GoldenTensor }
  readonly gradients?: { readonly w: GoldenTensor }
  readonly noise: number
}

const { cases }: { cases: GoldenCase[] } = JSON.parse(
  readFileSync(new URL('golden/regularizers.json', import.meta.url), 'utf8'),
)
const scope = constantHyperparameters().scope('regularizer')
const valueFrom = ({ shape, data }: GoldenTensor): Value => valueOf('float32', shape, data)
const toleranceOf = ({ noise }: GoldenCase) => ({ largest: 1e-6, absolute: 10 * noise })

/** PyTorch's layout for both kinds of kernel: [out, in, …]. */
const infoOf = (shape: Shape): ParameterInfo => ({
  name: 'kernel',
  role: 'kernel',
  shape,
  outputAxes: [0],
  inputAxes: [1],
})
const sideOf = ({ group_axis }: Options): UnitSide => (group_axis === 0 ? 'outputs' : 'inputs')

/** PyTorch's elastic net has no ½ before its squares. */
const penaltyOf: Readonly<Record<string, (options: Options) => Regularizer>> = {
  l1: ({ lambda }) => l1({ strength: lambda, method: 'subgradient' }),
  l2: ({ lambda }) => ridge(lambda),
  l2_half: ({ lambda }) => l2(lambda),
  elastic_net: (options) => elasticNet({ l1: options.l1, l2: 2 * options.l2, method: 'subgradient' }),
  elastic_net_ratio: ({ alpha, ratio }) =>
    elasticNet({ l1: alpha * ratio, l2: alpha * (1 - ratio), method: 'subgradient' }),
  group_lasso: (options) =>
    groupLasso({
      strength: options.lambda,
      groups: sideOf(options),
      scaleBySize: options.scale_by_sqrt_size,
      method: 'subgradient',
    }),
  orthogonality: ({ lambda }) => orthogonality(lambda),
}

/** Ours is that of the smaller side; of the larger one it is more by λ for each row or column that cannot be orthogonal. */
function surplus({ op, options, inputs }: GoldenCase): number {
  if (op !== 'orthogonality') return 0
  const [rows = 0, ...rest] = inputs.w.shape
  const columns = rest.reduce((a, b) => a * b, 1)
  return options.lambda * ((options.side === 'rows' ? rows : columns) - Math.min(rows, columns))
}

describe('penalties and their gradients equal PyTorch', () => {
  test.each(cases.filter(({ outputs }) => outputs.penalty))('$name', (testCase) => {
    const { op, options, inputs, cotangents, outputs } = testCase
    const w = input('w', inputs.w.shape)
    const penalty = penaltyOf[op]?.(options).penalty?.(w, scope, infoOf(w.shape))
    if (penalty === undefined || outputs.penalty === undefined) throw new Error(`no penalty for ${op}`)
    const cotangent = cotangents === undefined ? scalar(1) : constant(valueFrom(cotangents.penalty))
    const [slope] = gradients(penalty, [w], cotangent)
    const [value, gradient] = evaluate([penalty, slope as Tensor], { w: valueFrom(inputs.w) }) as [Value, Value]
    const expected = (outputs.penalty.data[0] ?? Number.NaN) - surplus(testCase)
    expectClose(value, valueOf('float32', [], [expected]), toleranceOf(testCase))
    expect(testCase.gradients).toBeDefined()
    if (testCase.gradients) expectClose(gradient, valueFrom(testCase.gradients.w), toleranceOf(testCase))
  })
})

const stepSize = 0.5
/** A threshold t is step size times strength. */
const proximalOf: Readonly<Record<string, (options: Options) => Regularizer>> = {
  prox_l1: ({ t }) => l1(t / stepSize),
  prox_l2_squared: ({ t }) => elasticNet({ l1: 0, l2: (2 * t) / stepSize }),
  prox_elastic_net: ({ t1, t2 }) => elasticNet({ l1: t1 / stepSize, l2: (2 * t2) / stepSize }),
  prox_group_lasso: (options) =>
    groupLasso({ strength: options.t / stepSize, groups: sideOf(options), scaleBySize: false }),
}

describe('proximal maps equal the formulas', () => {
  test.each(cases.filter(({ op }) => op in proximalOf))('$name', (testCase) => {
    const { op, options, inputs, outputs } = testCase
    const { shape } = inputs.w
    const regularizer = proximalOf[op]?.(options)
    const map = (size: Tensor) =>
      regularizer?.proximal?.(constant(valueFrom(inputs.w)), size, scope, infoOf(shape)) as Tensor
    const sizes = valueOf(
      'float32',
      shape,
      inputs.w.data.map(() => stepSize),
    )
    for (const found of evaluate([map(scalar(stepSize)), map(constant(sizes))]))
      expectClose(found, valueFrom(outputs.w ?? inputs.w), toleranceOf(testCase))
  })
})

const constraintOf: Readonly<Record<string, (options: Options) => Constraint>> = {
  max_norm: ({ c }) => maxNorm(c),
  unit_norm: () => unitNorm(),
  non_negative: () => nonNegative(),
}

describe('projections equal the formulas', () => {
  test.each(cases.filter(({ op }) => op in constraintOf))('$name', (testCase) => {
    const { op, options, inputs, outputs } = testCase
    const { shape } = inputs.w
    // Groups along axis 1 are the outputs of a kernel [in, out].
    const info = options.group_axis === 1 ? { ...infoOf(shape), outputAxes: [1], inputAxes: [0] } : infoOf(shape)
    const projected = constraintOf[op]?.(options).project(constant(valueFrom(inputs.w)), info, scope) as Tensor
    expectClose(evaluate([projected])[0] as Value, valueFrom(outputs.w ?? inputs.w), toleranceOf(testCase))
  })
})

test('no case is left out', () => {
  const known = { ...penaltyOf, ...proximalOf, ...constraintOf }
  expect(cases.filter(({ op }) => !(op in known))).toEqual([])
  expect(cases).toHaveLength(33)
})
