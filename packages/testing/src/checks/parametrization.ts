// What holds for parametrizations.

import {
  constant,
  evaluate,
  gradients,
  initializeModel,
  initializeParameter,
  input,
  keyOf,
  type Layer,
  type ModelTrace,
  mean,
  type ParameterSpec,
  type Parametrization,
  type Shape,
  square,
  sub,
  type Tensor,
  traceModel,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { check } from '../errors.ts'
import { parameterInfo } from '../scopes.ts'
import { substitute } from '../substitute.ts'
import { assertClose, assertFinite, assertSame, doubles, randomValue } from '../values.ts'
import { checkGradient, type GradientCheckOptions } from './gradient.ts'
import type { PluginCase } from './plugin.ts'

/** An effective weight and what it was made from. */
export interface ParametrizedWeight {
  readonly weight: Value
  /** Parameters and states, under their names without the weight's: `direction`, `u`. */
  readonly parts: Values
  /** Training steps so far. */
  readonly step: number
  readonly outputAxes: readonly number[]
}

export interface ParametrizationCase extends PluginCase<Parametrization> {
  /** Shape of the weight. Default [4, 3], a kernel [in, out]. */
  readonly shape?: Shape
  /** Default: those of a kernel [in, out] or [out, in, …]. */
  readonly outputAxes?: readonly number[]
  /** Whether the first weight is what the initializer draws. Default true. */
  readonly startsAtDraw?: boolean
  /** The property that the effective weight has in evaluation, before and after every training step. */
  readonly holds?: (weight: ParametrizedWeight) => boolean
  /** Training steps of size 0.1 towards random targets after which `holds` is asked. Default 20. */
  readonly steps?: number
  readonly gradient?: GradientCheckOptions
}

const name = 'kernel'

function specOf({ plugin, shape = [4, 3], outputAxes }: ParametrizationCase): ParameterSpec {
  const info = parameterInfo(shape)
  return {
    shape,
    role: 'kernel',
    initializer: {
      kind: 'initializer',
      name: 'draws',
      options: {},
      sample: (of, _, random) => Float32Array.from({ length: of.reduce((a, b) => a * b, 1) }, () => random.normal()),
    },
    outputAxes: outputAxes ?? info.outputAxes,
    inputAxes: info.inputAxes,
    parametrization: plugin,
  }
}

/** A model that gives its parametrized weight, whatever it is applied to. */
function traceOf(testCase: ParametrizationCase, training: boolean): ModelTrace & { readonly weight: Tensor } {
  const layer: Layer = {
    kind: 'layer',
    name: 'weight',
    options: {},
    apply: (_, context) => context.parameter(name, specOf(testCase)),
  }
  const trace = traceModel(layer, input('x', [1]), training ? { batchStatistics: true } : {})
  return { ...trace, weight: trace.output }
}

/** The weight has its shape and finite numbers in both modes, its parts stand under its name, and computing it changes none of them. */
export function assertParametrizes(testCase: ParametrizationCase): void {
  const who = testCase.plugin.name
  const { shape } = specOf(testCase)
  for (const training of [true, false]) {
    const trace = traceOf(testCase, training)
    check(trace.parameters.size > 0, who, 'nothing is trained behind the weight')
    for (const part of [...trace.parameters.keys(), ...trace.states.keys()])
      check(part.startsWith(`${name}.`), who, 'a part of the weight is not named after it', {
        expected: `${name}.…`,
        got: part,
      })
    const { parameters, state } = initializeModel(trace, keyOf(1))
    const feeds = { ...parameters, ...state }
    const before = Object.entries(feeds).map(([part, value]) => [part, { ...value, data: value.data.slice() }] as const)
    const next = [...trace.states.values()].map((traced) => traced.next)
    const [weight, ...states] = evaluate([trace.weight, ...next], feeds) as [Value, ...Value[]]
    check(weight.shape.join() === shape.join(), who, 'the weight has another shape', {
      expected: `[${shape.join(', ')}]`,
      got: `[${weight.shape.join(', ')}]`,
    })
    for (const value of [weight, ...states]) assertFinite(value, who)
    for (const [part, value] of before) assertSame(feeds[part] as Value, value, `${who} changed '${part}'`)
  }
}

/** The first weight is what would have been drawn without the parametrization. */
export function assertStartsAtDraw(testCase: ParametrizationCase): void {
  const trace = traceOf(testCase, false)
  const { parameters, state } = initializeModel(trace, keyOf(2))
  const draw = initializeParameter(name, specOf(testCase), keyOf(2))
  const [weight] = evaluate([trace.weight], { ...parameters, ...state })
  assertClose(weight as Value, draw, { relative: 1e-6 }, `the first weight of ${testCase.plugin.name}`)
}

/** First and second order against finite differences, in both modes; what is a constant for gradients is held. */
export function assertParametrizationGradient(testCase: ParametrizationCase): void {
  for (const training of [true, false]) {
    const trace = traceOf(testCase, training)
    const { parameters, state } = initializeModel(trace, keyOf(3))
    const names = Object.keys(parameters)
    checkGradient(
      (...given) => substitute(trace.weight, (part) => given[names.indexOf(part)] ?? constant(state[part] as Value)),
      Object.values(parameters),
      { who: `${testCase.plugin.name} in ${training ? 'training' : 'evaluation'} mode`, ...testCase.gradient },
    )
  }
}

/** The stated property holds from the first weight on, after each of several steps of gradient descent. */
export function assertPropertyHolds(testCase: ParametrizationCase): void {
  const { plugin, holds, steps = 20 } = testCase
  const spec = specOf(testCase)
  const [training, evaluation] = [traceOf(testCase, true), traceOf(testCase, false)]
  const names = [...training.parameters.keys()]
  const tensors = names.map((part) => training.parameters.get(part)?.tensor as Tensor)
  const target = input('target', spec.shape)
  const slopes = gradients(mean(square(sub(training.weight, target))), tensors)
  const states = [...training.states]
  let values: Record<string, Value> = Object.fromEntries(
    Object.values(initializeModel(training, keyOf(4))).flatMap((parts) => Object.entries(parts)),
  )
  for (let step = 0; step <= steps; step++) {
    const [weight] = evaluate([evaluation.weight], values) as [Value]
    assertFinite(weight, plugin.name)
    const parts = Object.fromEntries(
      Object.entries(values).map(([part, value]) => [part.slice(name.length + 1), value] as const),
    )
    check(
      holds?.({ weight, parts, step, outputAxes: spec.outputAxes }) !== false,
      plugin.name,
      'its property is lost',
      {
        expected: `it to hold after ${step} steps`,
        got: `[${doubles(weight).join(', ')}]`,
      },
    )
    const feeds = { ...values, target: randomValue({ dtype: 'float32', shape: spec.shape }, 40 + step) }
    const found = evaluate([...slopes, ...states.map(([, { next }]) => next)], feeds)
    const moved = names.map((part, i) => [part, descended(values[part] as Value, found[i] as Value)] as const)
    const kept = states.map(([part], i) => [part, found[names.length + i] as Value] as const)
    values = Object.fromEntries([...moved, ...kept])
  }
}

function descended(from: Value, slope: Value): Value {
  const along = doubles(slope)
  return valueOf(
    'float32',
    from.shape,
    doubles(from).map((x, i) => x - 0.1 * (along[i] as number)),
  )
}

/** Two parametrizations make the same weight, in both modes, and the same states. */
export function assertSameParametrization(testCase: ParametrizationCase, again: Parametrization): void {
  for (const training of [true, false]) {
    const [expected, actual] = [testCase, { ...testCase, plugin: again }].map((each) => {
      const trace = traceOf(each, training)
      const { parameters, state } = initializeModel(trace, keyOf(5))
      return evaluate([trace.weight, ...[...trace.states.values()].map(({ next }) => next)], {
        ...parameters,
        ...state,
      })
    }) as [Value[], Value[]]
    for (const [i, value] of expected.entries())
      assertSame(actual[i] as Value, value, `${again.name} made again from its options`)
  }
}
