import { describe, expect, test } from 'vitest'
import type { Initializer, InitializerFans } from '../contracts/initializer.ts'
import type { Layer, LayerContext, ParameterSpec } from '../contracts/layer.ts'
import { add, mul } from '../ops/binary.ts'
import { softmax } from '../ops/composites.ts'
import { sum } from '../ops/reduce.ts'
import { keyOf } from '../random/key.ts'
import { evaluate } from '../reference/evaluate.ts'
import { input, type Tensor } from '../tensor/tensor.ts'
import { numbers, type Value, type Values, valueOf } from '../tensor/value.ts'
import { fansOf, initializeModel, initializeParameter } from './initialize.ts'
import { constantHyperparameters, hyperparameters, valueAt } from './scope.ts'
import { traceModel } from './trace.ts'

const uniform: Initializer = {
  kind: 'initializer',
  name: 'uniform',
  options: {},
  sample: (shape, _, random) => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random.uniform),
}
const spec: ParameterSpec = { shape: [2], role: 'scale', initializer: uniform, outputAxes: [0], inputAxes: [] }
const layer = (name: string, apply: Layer['apply']): Layer => ({ kind: 'layer', name, options: {}, apply })

const scale = layer('scale', (x, context) => mul(x, context.parameter('factor', spec)))
const twice = layer('twice', (x, context) => context.child('scale', scale, context.child('scale', scale, x)))
const x = input('x', [3, 2])

describe('traceModel', () => {
  test('names what layers declare by their path', () => {
    const model = layer('outer', (from, context) => context.child('encoder', twice, from))
    const trace = traceModel(model, x)
    expect([...trace.parameters.keys()]).toEqual(['encoder.scale.factor', 'encoder.scale_1.factor'])
    expect([...trace.activations.keys()].toSorted()).toEqual(['', 'encoder', 'encoder.scale', 'encoder.scale_1'])
    expect(trace.activations.get('')).toBe(trace.output)
  })

  test('knows which layer made a tensor, what was made before it, and what stands behind composites', () => {
    const part = layer('part', (from) => softmax(add(from, 1)))
    const whole = layer('whole', (from, context) => {
      const before = mul(from, 2)
      return add(context.child('part', part, mul(before, before)), before)
    })
    const { output, paths } = traceModel(whole, x, { paths: new Map([[x, 'given']]) })
    const [inner, before] = output.inputs as [Tensor, Tensor]
    expect([output, inner, before, inner.inputs[0]?.inputs[0] as Tensor].map((made) => paths.get(made))).toEqual([
      '',
      'part',
      '',
      '',
    ])
    expect([inner.expansion as Tensor, inner.inputs[0] as Tensor].map((made) => paths.get(made))).toEqual([
      'part',
      'part',
    ])
    expect(paths.get(x)).toBe('given')
  })

  test('gives layers the modes asked for', () => {
    const seen: Pick<LayerContext, 'stochastic' | 'batchStatistics'>[] = []
    const spy = layer('spy', (from, { stochastic, batchStatistics }) => {
      seen.push({ stochastic, batchStatistics })
      return from
    })
    traceModel(spy, x)
    traceModel(spy, x, { stochastic: true })
    expect(seen).toEqual([
      { stochastic: false, batchStatistics: false },
      { stochastic: true, batchStatistics: false },
    ])
  })

  test('carries states to the next step', () => {
    const counting = layer('counting', (from, context) => {
      const count = context.state('count', { shape: [], initial: 4 })
      context.setState('count', add(count, 1))
      return mul(from, count)
    })
    const trace = traceModel(counting, x)
    const { state } = initializeModel(trace, keyOf(0))
    expect(evaluate([trace.states.get('count')?.next as Tensor], state)[0]?.data[0]).toBe(5)
    const wrong = layer('wrong', (from, context) => {
      context.setState('count', sum(from))
      return from
    })
    expect(() => traceModel(wrong, x)).toThrow("layer wrong: state 'count' cannot be set; expected a declared state")
  })

  test('gives every request another key, the same in every trace', () => {
    const keys: Tensor[] = []
    const random = layer('random', (from, context) => {
      keys.push(context.key(), context.key())
      return from
    })
    const pair = layer('pair', (from, context) => context.child('a', random, context.child('b', random, from)))
    const key = input('key', [2], 'uint32')
    for (let i = 0; i < 2; i++) traceModel(pair, x, { stochastic: true, key })
    const words = evaluate(keys, { key: valueOf('uint32', [2], [1, 2]) }).map(({ data }) => data.join())
    expect(new Set(words.slice(0, 4)).size).toBe(4)
    expect(words.slice(4)).toEqual(words.slice(0, 4))
    expect(() => traceModel(random, x)).toThrow('there is no random key in this program')
  })

  test('refuses a name declared twice', () => {
    const double = layer('double', (from, context) =>
      mul(context.parameter('w', spec), mul(from, context.parameter('w', spec))),
    )
    expect(() => traceModel(double, x)).toThrow('w: declared twice by its layer')
  })

  test('puts parametrizations between a parameter and its layer', () => {
    const parametrization = {
      kind: 'parametrization',
      name: 'doubled',
      options: {},
      apply: (name: string, plain: ParameterSpec, context: LayerContext) =>
        mul(context.parameter(`${name}.half`, plain), 2),
    } as const
    const trace = traceModel(
      layer('l', (from, context) => mul(from, context.parameter('w', { ...spec, parametrization }))),
      x,
    )
    expect([...trace.parameters.keys()]).toEqual(['w.half'])
    expect([...trace.effective.keys()]).toEqual(['w'])
    expect(trace.effective.get('w')?.tensor.op.name).toBe('mul')
  })
})

describe('initializeModel', () => {
  test('draws each parameter by its own name', () => {
    const { parameters } = initializeModel(traceModel(twice, x), keyOf(3))
    const again = initializeModel(traceModel(twice, x), keyOf(3)).parameters
    expect(again).toEqual(parameters)
    expect(parameters['scale.factor']?.data).not.toEqual(parameters['scale_1.factor']?.data)
    expect(initializeModel(traceModel(twice, x), keyOf(4)).parameters).not.toEqual(parameters)
  })

  test('starts what stands behind a parametrization at the draw of what it replaces', () => {
    const halved = {
      kind: 'parametrization',
      name: 'halved',
      options: {},
      apply: (name: string, plain: ParameterSpec, context: LayerContext) =>
        mul(
          context.parameter(`${name}.half`, {
            ...plain,
            fromDraw: (draw) => Array.from(numbers(draw), (half: number) => half / 2),
          }),
          context.parameter(`${name}.factor`, { ...plain, shape: [], fromDraw: () => [2] }),
        ),
    } as const
    const weighted = (parametrization?: typeof halved) =>
      layer('l', (from, context) => mul(from, context.parameter('w', { ...spec, parametrization })))
    const [plain, behind] = [undefined, halved].map(
      (parametrization) => initializeModel(traceModel(weighted(parametrization), x), keyOf(3)).parameters,
    )
    const numbersOf = (values: Values | undefined, name: string) => [...numbers(values?.[name] as Value)]
    expect(numbersOf(behind, 'w.half').map((half) => 2 * half)).toEqual(numbersOf(plain, 'w'))
    expect(numbersOf(behind, 'w.factor')).toEqual([2])
    const wrong = {
      ...halved,
      apply: (name: string, plain: ParameterSpec, context: LayerContext) =>
        context.parameter(`${name}.half`, { ...plain, fromDraw: () => [1] }),
    }
    expect(() => initializeModel(traceModel(weighted(wrong), x), keyOf(3))).toThrow(
      "parametrization of w: it gave the wrong number of elements for 'w.half'; expected 2; got 1",
    )
  })

  test('a state behind a parameter starts from its draw', () => {
    const fit = (name: string, plain: ParameterSpec, context: LayerContext) => {
      const fitted = context.state(`${name}.fitted`, {
        shape: [2],
        initial: uniform,
        fromDraw: (draw, initial) => Array.from(numbers(draw), (w: number, i) => w - Number(initial.data[i])),
      })
      return mul(context.parameter(`${name}.raw`, { ...plain, fromDraw: numbers }), fitted)
    }
    const parametrization = { kind: 'parametrization', name: 'fit', options: {}, apply: fit } as const
    const model = layer('l', (from, context) => mul(from, context.parameter('w', { ...spec, parametrization })))
    const { parameters, state } = initializeModel(traceModel(model, x), keyOf(3))
    const alone = layer('l', (from, context) => mul(from, context.state('w.fitted', { shape: [2], initial: uniform })))
    const initial = initializeModel(traceModel(alone, x), keyOf(3)).state['w.fitted'] as Value
    expect(Array.from(numbers(state['w.fitted'] as Value))).toEqual(
      Array.from(numbers(parameters['w.raw'] as Value), (w: number, i) => Math.fround(w - Number(initial.data[i]))),
    )
  })

  test('draws a state that asks for it', () => {
    const model = layer('l', (from, context) => mul(from, context.state('u', { shape: [2], initial: uniform })))
    const [a, b] = [3, 4].map((seed) => initializeModel(traceModel(model, x), keyOf(seed)).state['u'])
    expect(a).toEqual(initializeModel(traceModel(model, x), keyOf(3)).state['u'])
    expect(a?.data).not.toEqual(b?.data)
  })

  test('tells initializers which axes are what', () => {
    const told: InitializerFans[] = []
    const curious: Initializer = {
      ...uniform,
      sample: (shape, fans, random) => {
        told.push(fans)
        return uniform.sample(shape, fans, random)
      },
    }
    const kernel = {
      shape: [6, 2, 3],
      role: 'kernel',
      initializer: curious,
      outputAxes: [1],
      inputAxes: [0],
      groups: 2,
    } as const
    initializeParameter('kernel', kernel, keyOf(0))
    initializeParameter('kernel', { ...kernel, groups: undefined }, keyOf(0))
    const axes = { outputAxes: [1], inputAxes: [0] }
    expect(told).toEqual([
      { ...fansOf(kernel), ...axes, groups: 2 },
      { ...fansOf({ ...kernel, groups: 1 }), ...axes, groups: 1 },
    ])
  })

  test('refuses the wrong number of numbers', () => {
    const short = { ...uniform, sample: () => new Float32Array(1) }
    const model = layer('l', (from, context) => mul(from, context.parameter('w', { ...spec, initializer: short })))
    expect(() => initializeModel(traceModel(model, x), keyOf(0))).toThrow(
      "wrong number of elements for 'w'; expected 2; got 1",
    )
  })
})

test('hyper-parameters: one input for one number, whoever asks', () => {
  const collected = hyperparameters()
  const [a, b] = [collected.scope('l2'), collected.scope('l1')]
  const strength = a.hyperparameter('strength', 0.1)
  expect(a.hyperparameter('strength', 0.1)).toBe(strength)
  expect(a.hyperparameter('strength', 0.2)).not.toBe(strength)
  expect(b.hyperparameter('strength', 0.1)).not.toBe(strength)
  expect(collected.all.size).toBe(3)
  expect([...collected.all.keys()]).toContain('l2.strength')
  const halving = { at: (step: number) => 0.5 ** step }
  expect(valueAt(halving, 2, 10)).toBe(0.25)
  expect(valueAt(7, 2, 10)).toBe(7)
  expect(evaluate([constantHyperparameters().scope('').hyperparameter('rate', halving)])[0]?.data[0]).toBe(1)
})
