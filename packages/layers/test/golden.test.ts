import type { Layer } from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { describe, expect, test } from 'vitest'
import { expectGolden, type GoldenCase, goldenCases } from './golden.ts'

const convolution = ({ inputs: { weight, bias }, options }: GoldenCase): layers.ConvolutionLayerOptions => {
  const [height = 0, width = 0] = weight?.shape.slice(2) ?? []
  return {
    size: [height, width],
    useBias: bias !== undefined,
    strides: options?.stride ?? 1,
    padding: options?.padding ?? 'valid',
    dilations: options?.dilation ?? 1,
  }
}

const layerOf: Readonly<Record<string, (testCase: GoldenCase) => Layer>> = {
  linear: ({ outputs, inputs }) =>
    layers.dense({ units: outputs.y.shape.at(-1) ?? 0, useBias: inputs.bias !== undefined }),
  conv2d: (testCase) => {
    const { weight, x } = testCase.inputs
    const [filters = 0] = weight?.shape ?? []
    const [, channels = 0] = x.shape
    const { groups = 1 } = testCase.options ?? {}
    return groups > 1 && groups === channels
      ? layers.depthwiseConv2d({ ...convolution(testCase), depthMultiplier: filters / channels })
      : layers.conv2d(filters, { ...convolution(testCase), groups })
  },
  conv_transpose2d: (testCase) => {
    const { groups = 1, output_padding = 0 } = testCase.options ?? {}
    const filters = (testCase.inputs.weight?.shape[1] ?? 0) * groups
    return layers.convTranspose2d(filters, { ...convolution(testCase), groups, outputPadding: output_padding })
  },
  adaptive_avg_pool2d: ({ options }) => layers.adaptiveAveragePool2d(options?.output_size ?? 1),
  pad: ({ options }) => {
    const [, , [top, bottom] = [0, 0], [left, right] = [0, 0]] = options?.pads ?? []
    return layers.pad2d([top, left, bottom, right], { mode: options?.mode ?? 'constant' })
  },
  max_pool2d: ({ options }) =>
    layers.maxPool2d(options?.kernel ?? 2, {
      strides: options?.stride,
      padding: options?.padding ?? 'valid',
      ceilMode: options?.ceil_mode ?? false,
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
  selu: () => layers.selu(),
  softplus: () => layers.softplus(),
  sigmoid: () => layers.sigmoid(),
  tanh: () => layers.tanh(),
  softmax: ({ options }) => layers.softmax(options?.axis ?? -1),
}

describe.each([
  ['weights', 10],
  ['pooling', 13],
  ['activations', 31],
] as const)('%s equal PyTorch', (file, count) => {
  test('every case is here', () => {
    expect(goldenCases(file)).toHaveLength(count)
  })

  test.each(goldenCases(file))('$name', (testCase) => {
    const make = layerOf[testCase.op]
    if (make === undefined) throw new Error(`no layer for ${testCase.op}`)
    expectGolden(make(testCase), testCase)
  })
})
