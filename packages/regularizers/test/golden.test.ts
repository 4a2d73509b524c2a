import { readFileSync } from 'node:fs'
import {
  constant,
  constantHyperparameters,
  evaluate,
  gradients,
  input,
  type Regularizer,
  scalar,
  type Tensor,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { elasticNet, l1, l2, ridge } from '@gradwerk/regularizers'
import { expectClose } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface PenaltyCase {
  readonly name: string
  readonly op: string
  readonly options: Readonly<Record<'lambda' | 'l1' | 'l2' | 't', number>>
  readonly inputs: { readonly w: GoldenTensor }
  readonly cotangents?: { readonly penalty: GoldenTensor }
  readonly outputs: { readonly penalty?: GoldenTensor; readonly w?: GoldenTensor }
  readonly gradients?: { readonly w: GoldenTensor }
  readonly noise: number
}

const { cases }: { cases: PenaltyCase[] } = JSON.parse(
  readFileSync(new URL('golden/penalties.json', import.meta.url), 'utf8'),
)
const scope = constantHyperparameters().scope('regularizer')
const valueFrom = ({ shape, data }: GoldenTensor): Value => valueOf('float32', shape, data)

/** PyTorch's elastic net has no ½ before its squares. */
const penaltyOf: Readonly<Record<string, (options: PenaltyCase['options']) => Regularizer>> = {
  l1: ({ lambda }) => l1({ strength: lambda, method: 'subgradient' }),
  l2: ({ lambda }) => ridge(lambda),
  l2_half: ({ lambda }) => l2(lambda),
  elastic_net: (options) => elasticNet({ l1: options.l1, l2: 2 * options.l2, method: 'subgradient' }),
}

describe('penalties and their gradients equal PyTorch', () => {
  test.each(cases.filter(({ outputs }) => outputs.penalty))('$name', (testCase) => {
    const { op, options, inputs, cotangents, outputs, noise } = testCase
    const w = input('w', inputs.w.shape)
    const penalty = penaltyOf[op]?.(options).penalty?.(w, scope)
    if (penalty === undefined || outputs.penalty === undefined) throw new Error(`no penalty for ${op}`)
    const cotangent = cotangents === undefined ? scalar(1) : constant(valueFrom(cotangents.penalty))
    const [slope] = gradients(penalty, [w], cotangent)
    const [value, gradient] = evaluate([penalty, slope as Tensor], { w: valueFrom(inputs.w) }) as [Value, Value]
    const tolerance = { largest: 1e-6, absolute: 10 * noise }
    expectClose(value, valueFrom(outputs.penalty), tolerance)
    expect(testCase.gradients).toBeDefined()
    if (testCase.gradients) expectClose(gradient, valueFrom(testCase.gradients.w), tolerance)
  })
})

const stepSize = 0.5
/** A threshold t is step size times strength. */
const proximalOf: Readonly<Record<string, (options: Readonly<Record<'t' | 't1' | 't2', number>>) => Regularizer>> = {
  prox_l1: ({ t }) => l1(t / stepSize),
  prox_l2_squared: ({ t }) => elasticNet({ l1: 0, l2: (2 * t) / stepSize }),
  prox_elastic_net: ({ t1, t2 }) => elasticNet({ l1: t1 / stepSize, l2: (2 * t2) / stepSize }),
}

describe('proximal maps equal the formulas', () => {
  test.each(cases.filter(({ op }) => op in proximalOf))('$name', ({ op, options, inputs, outputs, noise }) => {
    const regularizer = proximalOf[op]?.({ t1: 0, t2: 0, ...options })
    const map = (size: Tensor) => regularizer?.proximal?.(constant(valueFrom(inputs.w)), size, scope) as Tensor
    const sizes = valueOf(
      'float32',
      inputs.w.shape,
      inputs.w.data.map(() => stepSize),
    )
    for (const found of evaluate([map(scalar(stepSize)), map(constant(sizes))]))
      expectClose(found, valueFrom(outputs.w ?? inputs.w), { largest: 1e-6, absolute: 10 * noise })
  })
})
