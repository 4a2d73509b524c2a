import type { Layer } from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { describe, test } from 'vitest'
import { expectGolden, type GoldenCase, goldenCases } from './golden.ts'

const layerOf: Readonly<Record<string, (testCase: GoldenCase) => Layer>> = {
  linear: ({ outputs, inputs }) =>
    layers.dense({ units: outputs.y.shape.at(-1) ?? 0, useBias: inputs.bias !== undefined }),
  conv2d: ({ inputs: { weight, bias }, options }) => {
    const [filters = 0, , height = 0, width = 0] = weight?.shape ?? []
    return layers.conv2d(filters, {
      size: [height, width],
      useBias: bias !== undefined,
      strides: options?.stride ?? 1,
      padding: options?.padding ?? 'valid',
      dilations: options?.dilation ?? 1,
      groups: options?.groups ?? 1,
    })
  },
  max_pool2d: ({ options }) =>
    layers.maxPool2d(options?.kernel ?? 2, {
      strides: options?.stride,
      padding: options?.padding ?? 'valid',
      dilations: options?.dilation ?? 1,
    }),
  avg_pool2d: ({ options }) =>
    layers.averagePool2d(options?.kernel ?? 2, {
      strides: options?.stride,
      padding: options?.padding ?? 'valid',
      countPadding: options?.count_include_pad ?? false,
    }),
  relu: () => layers.relu(),
  leaky_relu: ({ options }) => layers.leakyRelu({ ...(options?.negative_slope && { slope: options.negative_slope }) }),
  elu: ({ options }) => layers.elu(options?.alpha ?? {}),
  gelu: ({ options }) => (options?.approximate === 'tanh' ? layers.geluTanh() : layers.gelu()),
  silu: () => layers.silu(),
  softplus: () => layers.softplus(),
  sigmoid: () => layers.sigmoid(),
  tanh: () => layers.tanh(),
  softmax: ({ options }) => layers.softmax(options?.axis ?? -1),
}

describe.each(['weights', 'pooling', 'activations'])('%s equal PyTorch', (file) => {
  test.each(goldenCases(file))('$name', (testCase) => {
    const make = layerOf[testCase.op]
    if (make === undefined) throw new Error(`no layer for ${testCase.op}`)
    expectGolden(make(testCase), testCase)
  })
})
