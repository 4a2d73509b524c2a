import {
  constant,
  conv2d,
  evaluate,
  gradients,
  input,
  type Layer,
  matmul,
  numbers,
  type ParameterSpec,
  type Parametrization,
  type Shape,
  type Tensor,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { spectralNorm, weightNorm } from '@gradwerk/normalization'
import { describe, expect, test } from 'vitest'
import { everywhere } from '../src/default-initializer.ts'
import { expectClose, goldenCases, valueAt } from './golden.ts'

interface Options {
  readonly dim: number
  readonly layer: 'linear' | 'conv2d'
  readonly n_power_iterations: number
  readonly eps: number
}

/** A layer that multiplies with a parametrized weight [out, …], as PyTorch lays it out. */
function multiplying(parametrization: Parametrization, shape: Shape, outputAxis: number): Layer {
  const spec: ParameterSpec = {
    shape,
    role: 'kernel',
    initializer: everywhere(1),
    outputAxes: [outputAxis],
    inputAxes: [1 - outputAxis],
    parametrization,
  }
  return {
    kind: 'layer',
    name: 'multiplying',
    options: {},
    apply(x, context) {
      const weight = context.parameter('weight', spec)
      return shape.length === 2 ? matmul(x, weight, { transposeB: true }) : conv2d(x, weight)
    },
  }
}

const cases = goldenCases<Options>('parametrizations')

test('every case is here', () => {
  expect(cases.map(({ op }) => op).toSorted()).toEqual([
    ...Array.from({ length: 4 }, () => 'spectral_norm'),
    ...Array.from({ length: 3 }, () => 'weight_norm'),
  ])
})

describe.each(cases.filter(({ op }) => op === 'weight_norm'))(
  '$name equals PyTorch',
  ({ options, inputs, cotangents, outputs, gradients: slopes, float32_noise: { max_abs } }) => {
    test('in weight, output and gradients', () => {
      const v = valueAt(inputs, 'v')
      const g = valueAt(inputs, 'g')
      const length: Value = { ...g, shape: [g.data.length] }
      const given = valueAt(inputs, 'x')
      const x = input('x', given.shape)
      const trace = traceModel(multiplying(weightNorm(), v.shape, options.dim), x)
      expect([...trace.parameters.keys()]).toEqual(['weight.direction', 'weight.length'])
      const targets = [x, ...[...trace.parameters.values()].map(({ tensor }) => tensor)]
      const weight = trace.effective.get('weight')?.tensor as Tensor
      const roots = [weight, trace.output, ...gradients(trace.output, targets, constant(valueAt(cotangents, 'y')))]
      const [w, y, toX, toV, toG] = evaluate(roots, { x: given, 'weight.direction': v, 'weight.length': length })
      expectClose(w, valueAt(outputs, 'weight'), max_abs)
      expectClose(y, valueAt(outputs, 'y'), max_abs)
      expectClose(toX, valueAt(slopes, 'x'), max_abs)
      expectClose(toV, valueAt(slopes, 'v'), max_abs)
      expectClose({ ...(toG as Value), shape: g.shape }, valueAt(slopes, 'g'), max_abs)
    })
  },
)

describe.each(cases.filter(({ op }) => op === 'spectral_norm'))(
  '$name equals PyTorch',
  ({ options, inputs, cotangents, outputs, gradients: slopes, float32_noise: { max_abs } }) => {
    const given = valueAt(inputs, 'weight')
    const layer = multiplying(
      spectralNorm({ iterations: options.n_power_iterations, epsilon: options.eps }),
      given.shape,
      0,
    )
    const x = given.shape.length === 2 ? input('x', [1, 4]) : input('x', [1, 2, 2, 2])
    const feeds = { 'weight.raw': given, 'weight.u': valueAt(inputs, 'u') }

    test('in training: weight, vector and gradient', () => {
      const trace = traceModel(layer, x, { batchStatistics: true })
      const weight = trace.effective.get('weight')?.tensor as Tensor
      const raw = trace.parameters.get('weight.raw')?.tensor as Tensor
      const slope = gradients(weight, [raw], constant(valueAt(cotangents, 'weight_normalized')))
      const [w, u, toRaw] = evaluate([weight, trace.states.get('weight.u')?.next as Tensor, ...slope], feeds)
      expectClose(w, valueAt(outputs, 'weight_normalized'), max_abs)
      expectClose(u, valueAt(outputs, 'u_new'), max_abs)
      expectClose(toRaw, valueAt(slopes, 'weight'), max_abs)
    })

    test('in evaluation: the norm of the rest seen from u, which stays', () => {
      const trace = traceModel(layer, x)
      const kept = trace.states.get('weight.u')
      expect(kept?.next).toBe(kept?.tensor)
      const [w] = evaluate([trace.effective.get('weight')?.tensor as Tensor], feeds)
      const u = Array.from(feeds['weight.u'].data, Number)
      const size = Math.hypot(...u)
      const rest = given.data.length / u.length
      const seen = Array.from({ length: rest }, (_, j) =>
        u.reduce((total, part, i) => total + (part / size) * (numbers(given)[i * rest + j] as number), 0),
      )
      const sigma = Math.hypot(...seen)
      expectClose(
        w,
        valueOf(
          'float32',
          given.shape,
          Array.from(numbers(given), (z: number) => z / sigma),
        ),
        max_abs,
      )
    })
  },
)
