// What holds for regularizers of parameters, and for terms of the whole step.

import {
  add,
  constant,
  div,
  evaluate,
  gradients,
  input,
  type LossTermContext,
  matmul,
  mean,
  mul,
  type ParameterInfo,
  type Regularizer,
  type Shape,
  square,
  sub,
  sum,
  type Tensor,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { check } from '../errors.ts'
import { inFloat64, valueInFloat64 } from '../float64.ts'
import { constantScope, parameterInfo } from '../scopes.ts'
import { assertClose, assertFinite, doubles, type NumberRange, randomValue, zeros } from '../values.ts'
import { checkGradient, type GradientCheckOptions } from './gradient.ts'
import type { PluginCase } from './plugin.ts'

export interface RegularizerCase extends PluginCase<Regularizer> {
  /** Shape of the parameter. Default [4, 3]. */
  readonly shape?: Shape
  /** Default: a kernel of the shape. */
  readonly info?: ParameterInfo
  /** Where the parameter's numbers come from. Default: magnitudes from 0.1 to 1. */
  readonly range?: NumberRange
  /** Options of the gradient check, or false where the penalty has none. */
  readonly gradient?: GradientCheckOptions | false
}

const shapeOf = ({ shape = [4, 3] }: RegularizerCase): Shape => shape
const infoOf = (testCase: RegularizerCase): ParameterInfo => testCase.info ?? parameterInfo(shapeOf(testCase))
const parameterOf = (testCase: RegularizerCase, seed = 61): Value =>
  randomValue({ dtype: 'float32', shape: shapeOf(testCase) }, seed, testCase.range ?? { gap: 0.1 })

/** Evaluates an expression of one parameter and a step size in double precision. */
function at(f: (parameter: Tensor, stepSize: Tensor) => Tensor, parameter: Value, stepSize: Value): Value {
  const [w, t] = [input('parameter', parameter.shape), input('stepSize', stepSize.shape)]
  const feeds = { parameter: valueInFloat64(parameter), stepSize: valueInFloat64(stepSize) }
  return evaluate(inFloat64([f(w, t)]), feeds)[0] as Value
}

const step = (size: number): Value => valueOf('float64', [], [size])
const noStep = step(0)

/** The penalty is a finite scalar ≥ 0, with a gradient that is right, and finite even where all parameters are 0. */
export function assertPenalty(testCase: RegularizerCase): void {
  const { plugin, gradient } = testCase
  const { penalty } = plugin
  if (penalty === undefined) return
  const f = (w: Tensor) => penalty.call(plugin, w, constantScope(), infoOf(testCase))
  for (const seed of [61, 62, 63]) {
    const value = at(f, parameterOf(testCase, seed), noStep)
    check(value.shape.length === 0, plugin.name, 'the penalty is not a scalar', {
      expected: '[]',
      got: `[${value.shape.join(', ')}]`,
    })
    check(
      Number(value.data[0]) >= 0 && Number.isFinite(value.data[0]),
      plugin.name,
      'the penalty is not a number ≥ 0',
      { got: String(value.data[0]) },
    )
  }
  if (gradient === false) return
  checkGradient(f, [parameterOf(testCase)], { who: plugin.name, ...gradient })
  const slope = at((w) => gradients(f(w), [w])[0] as Tensor, zeros(parameterOf(testCase)), noStep)
  assertFinite(slope, `${plugin.name}: its gradient at 0`)
}

/** ½ ‖v − w‖² / stepSize + penalty(v) */
function objective(testCase: RegularizerCase, v: Tensor, w: Tensor, stepSize: Tensor): Tensor {
  const { plugin } = testCase
  const distance = mul(div(sum(square(sub(v, w))), stepSize), 0.5)
  return plugin.penalty === undefined ? distance : add(distance, plugin.penalty(v, constantScope(), infoOf(testCase)))
}

/** No other point is better than the one the proximal map gives: not the start, not 0, not any of many random ones. */
export function assertProximal(testCase: RegularizerCase): void {
  const { plugin } = testCase
  const { proximal } = plugin
  if (proximal === undefined) return
  const map = (w: Tensor, t: Tensor) => proximal.call(plugin, w, t, constantScope(), infoOf(testCase))
  for (const size of [0.01, 0.3, 2]) {
    const w = parameterOf(testCase)
    const found = at(map, w, step(size))
    assertFinite(found, `${plugin.name}: its proximal map`)
    const inputs = [input('v', w.shape), input('w', w.shape), input('stepSize', [])] as const
    const [loss] = inFloat64([objective(testCase, ...inputs)]) as [Tensor]
    const fixed = { w: valueInFloat64(w), stepSize: step(size) }
    const lossAt = (v: Value) => Number(evaluate([loss], { ...fixed, v: valueInFloat64(v) })[0]?.data[0])
    const least = lossAt(found)
    const others = [w, zeros(w)]
    for (let i = 0; i < 60; i++) {
      const delta = doubles(randomValue({ dtype: 'float64', shape: w.shape }, 700 + i))
      const scale = 10 ** -(i % 5)
      const from = doubles(found)
      // Half of the points change one element only, where kinks of separable penalties would show.
      const only = i % 2 === 0 ? undefined : i % delta.length
      others.push(
        valueOf(
          'float64',
          w.shape,
          from.map((x, j) => x + (only === undefined || only === j ? scale * (delta[j] as number) : 0)),
        ),
      )
    }
    if (plugin.penalty !== undefined)
      for (const other of others) {
        const value = lossAt(other)
        check(
          least <= value + 1e-9 * (1 + Math.abs(value)),
          plugin.name,
          `its proximal map with step size ${size} is not the minimum`,
          {
            expected: `at most ${value}, found elsewhere`,
            got: String(least),
          },
        )
      }
    assertClose(
      at(map, w, valueOf('float64', w.shape, doubles(w).fill(size))),
      found,
      { absolute: 1e-9 },
      `${plugin.name}: proximal map with a tensor of step sizes`,
    )
  }
  assertClose(
    at(map, parameterOf(testCase), noStep),
    valueInFloat64(parameterOf(testCase)),
    { absolute: 1e-12 },
    `${plugin.name}: proximal map with step size 0`,
  )
}

function lossTermContext(offset: Tensor, kernel: Tensor): LossTermContext {
  const targets = constant(randomValue({ dtype: 'float32', shape: offset.shape }, 71))
  const inputs = constant(randomValue({ dtype: 'float32', shape: [offset.shape[0] as number, 4] }, 72))
  const predictions = add(matmul(inputs, kernel), offset)
  return {
    ...constantScope(),
    inputs,
    targets,
    predictions,
    activations: new Map([['', predictions]]),
    loss: mean(square(sub(predictions, targets))),
    parameters: new Map([['kernel', kernel]]),
  }
}

/** An offset and a kernel. */
const lossTermValues = (): Value[] => [
  randomValue({ dtype: 'float32', shape: [5, 3] }, 73),
  randomValue({ dtype: 'float32', shape: [4, 3] }, 74),
]

/** A term of the whole step is a finite scalar with the right gradient. The model behind it is `inputs · kernel + offset`. */
export function assertLossTerm(testCase: RegularizerCase): void {
  const { plugin, gradient } = testCase
  const { lossTerm } = plugin
  if (lossTerm === undefined) return
  const f = (offset: Tensor, kernel: Tensor) => lossTerm.call(plugin, lossTermContext(offset, kernel))
  const values = lossTermValues()
  const term = f(constant(values[0] as Value), constant(values[1] as Value))
  check(term.shape.length === 0, plugin.name, 'its term is not a scalar', {
    expected: '[]',
    got: `[${term.shape.join(', ')}]`,
  })
  assertFinite(evaluate([term])[0] as Value, plugin.name)
  if (gradient !== false) checkGradient(f, values, { who: plugin.name, ...gradient })
}

/** Two regularizers compute the same. */
export function assertSameRegularizer(testCase: RegularizerCase, again: Regularizer): void {
  const w = parameterOf(testCase)
  const [offset, kernel] = lossTermValues().map((each) => constant(each)) as [Tensor, Tensor]
  const all = ({ penalty, proximal, lossTerm }: Regularizer) => [
    ...(lossTerm === undefined ? [] : evaluate([lossTerm(lossTermContext(offset, kernel))])),
    ...(penalty === undefined ? [] : [at((p) => penalty(p, constantScope(), infoOf(testCase)), w, noStep)]),
    ...(proximal === undefined ? [] : [at((p, t) => proximal(p, t, constantScope(), infoOf(testCase)), w, step(0.1))]),
  ]
  all(testCase.plugin).forEach((value, i) => {
    assertClose(all(again)[i] as Value, value, {}, `${again.name} made again`)
  })
}

/** Throws a CheckError unless the regularizer does anything at all. */
export function assertActs({ plugin }: RegularizerCase): void {
  const acts = plugin.penalty ?? plugin.proximal ?? plugin.lossTerm
  check(acts !== undefined, plugin.name, 'it has neither a penalty, a proximal map nor a loss term')
}
