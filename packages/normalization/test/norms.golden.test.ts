import { constant, evaluate, gradients, input, type Layer, traceModel } from '@gradwerk/core'
import { groupNorm, instanceNorm, layerNorm, localResponseNorm, rmsNorm } from '@gradwerk/normalization'
import { describe, expect, test } from 'vitest'
import { expectClose, goldenCases, valueAt } from './golden.ts'

interface Options {
  readonly normalized_axes: number
  readonly eps: number
  readonly affine?: boolean
  readonly groups: number
  readonly size: number
  readonly alpha: number
  readonly beta: number
  readonly k: number
}

const layers: Readonly<Record<string, (options: Options) => Layer>> = {
  layer_norm: ({ normalized_axes, eps, affine = true }) =>
    layerNorm({
      axes: Array.from({ length: normalized_axes }, (_, i) => -1 - i),
      epsilon: eps,
      useScale: affine,
      useShift: affine,
    }),
  group_norm: ({ groups, eps }) => groupNorm(groups, { epsilon: eps }),
  instance_norm: ({ eps, affine = true }) => instanceNorm({ epsilon: eps, useScale: affine, useShift: affine }),
  rms_norm: ({ eps }) => rmsNorm({ epsilon: eps }),
  local_response_norm: ({ size, alpha, beta, k }) => localResponseNorm(size, { alpha, beta, k }),
}

const cases = goldenCases<Options>('norms')

test('every case is here', () => {
  expect(cases).toHaveLength(10)
})

describe.each(cases)(
  '$name equals PyTorch',
  ({ op, options, inputs, cotangents, outputs, gradients: slopes, float32_noise }) => {
    test('in values and gradients', () => {
      const layer = layers[op]?.(options) as Layer
      const given = valueAt(inputs, 'x')
      const x = input('x', given.shape)
      const trace = traceModel(layer, x)
      const learned = [...trace.parameters.values()].map(({ tensor }) => tensor)
      const names = ['weight', 'bias'].filter((name) => name in inputs)
      expect(learned).toHaveLength(names.length)
      const feeds = {
        x: given,
        ...Object.fromEntries([...trace.parameters.keys()].map((key, i) => [key, valueAt(inputs, names[i] as string)])),
      }
      const found = gradients(trace.output, [x, ...learned], constant(valueAt(cotangents, 'y')))
      const [y, ...got] = evaluate([trace.output, ...found], feeds)
      const noise = float32_noise.max_abs
      expectClose(y, valueAt(outputs, 'y'), noise)
      for (const [i, name] of ['x', ...names].entries()) expectClose(got[i], valueAt(slopes, name), noise)
    })
  },
)
