import { type Layer, ShapeError, sum } from '@gradwerk/core'
import {
  averagePool2d,
  conv2d,
  dense,
  flatten,
  formatSummary,
  identity,
  relu,
  residual,
  sequential,
  summarize,
  tanh,
} from '@gradwerk/layers'
import { expect, test } from 'vitest'

const leNet5 = sequential([
  conv2d(6, { size: 5, padding: 'same' }),
  tanh(),
  averagePool2d(2),
  conv2d(16, { size: 5 }),
  tanh(),
  averagePool2d(2),
  flatten(),
  dense(120),
  tanh(),
  dense(84),
  tanh(),
  dense(10),
])

test('LeNet-5, by hand', () => {
  const { rows, total, input } = summarize(leNet5, { input: { shape: [1, 28, 28] }, batch: 2 })
  expect(input).toEqual([2, 1, 28, 28])
  expect(rows.filter(({ parameters }) => parameters > 0)).toMatchObject([
    {
      path: 'conv2d',
      output: [2, 6, 28, 28],
      parameters: 156,
      multiplyAdds: 2 * 784 * 6 * 25,
      activationBytes: 37_632,
    },
    { path: 'conv2d_1', output: [2, 16, 10, 10], parameters: 2416, multiplyAdds: 2 * 100 * 16 * 150 },
    { path: 'dense', output: [2, 120], parameters: 48_120, multiplyAdds: 2 * 400 * 120 },
    { path: 'dense_1', output: [2, 84], parameters: 10_164, multiplyAdds: 2 * 120 * 84 },
    {
      path: 'dense_2',
      output: [2, 10],
      parameters: 850,
      multiplyAdds: 2 * 840,
      parameterBytes: 3400,
      activationBytes: 80,
    },
  ])
  const outputs = 2 * 4704 + 1176 + 2 * 1600 + 400 + 2 * 120 + 2 * 84 + 10
  expect(total).toEqual({
    parameters: 61_706,
    state: 0,
    multiplyAdds: 2 * 416_520,
    parameterBytes: 4 * 61_706,
    activationBytes: 2 * 4 * outputs,
  })
})

const block = sequential([
  conv2d(16, { size: 3, padding: 'same', useBias: false }),
  residual(
    [
      conv2d(32, { size: 3, strides: 2, padding: 'same', useBias: false }),
      relu(),
      conv2d(32, { size: 3, padding: 'same', useBias: false }),
    ],
    { shortcut: conv2d(32, { size: 1, strides: 2, useBias: false }) },
  ),
])

test('a residual block of a ResNet, by hand', () => {
  const { rows, total } = summarize(block, { input: { shape: [3, 32, 32] } })
  expect(rows.map(({ path, layer, depth, multiplyAdds }) => [path, layer, depth, multiplyAdds])).toEqual([
    ['', 'sequential', 0, 0],
    ['conv2d', 'conv2d', 1, 1024 * 16 * 27],
    ['residual', 'residual', 1, 0],
    ['residual.conv2d', 'conv2d', 2, 256 * 32 * 144],
    ['residual.relu', 'relu', 2, 0],
    ['residual.conv2d_1', 'conv2d', 2, 256 * 32 * 288],
    ['residual.shortcut', 'conv2d', 2, 256 * 32 * 16],
  ])
  expect(total.parameters).toBe(432 + 4608 + 9216 + 512)
  // Five tensors of the residual's size: its three layers, the shortcut and the sum.
  expect(total.activationBytes).toBe(4 * (1024 * 16 + 5 * 256 * 32))
})

test('the table is an indented tree with a sum', () => {
  expect(formatSummary(summarize(block, { input: { shape: [3, 32, 32] } })).split('\n')).toEqual([
    'layer                 output           parameters  state  multiply-adds  output bytes',
    '─'.repeat(85),
    'sequential            [1, 32, 16, 16]           –      –              –             –',
    '  conv2d              [1, 16, 32, 32]         432      –        442,368        65,536',
    '  residual            [1, 32, 16, 16]           –      –              –        32,768',
    '    conv2d            [1, 32, 16, 16]       4,608      –      1,179,648        32,768',
    '    relu              [1, 32, 16, 16]           –      –              –        32,768',
    '    conv2d_1          [1, 32, 16, 16]       9,216      –      2,359,296        32,768',
    '    shortcut: conv2d  [1, 32, 16, 16]         512      –        131,072        32,768',
    '─'.repeat(85),
    'total                                      14,768      –      4,112,384       229,376',
    '',
    'For an input [1, 3, 32, 32]. Multiply-adds: matrix products and convolutions of a forward pass.',
    'Memory: 0.059 MB of parameters and state, 0.23 MB of outputs, each counted once;',
    'gradients, optimizer slots, what layers compute in between and the memory of the backend come on top.',
  ])
})

test('tensors that layers pass on count once', () => {
  const { rows } = summarize(sequential([identity(), relu(), identity(), flatten()]), { input: { shape: [2, 3] } })
  expect(rows.map(({ activationBytes }) => activationBytes)).toEqual([0, 0, 24, 0, 0])
})

test('a layer on its own, with state and a parameter of a dotted name', () => {
  const layer: Layer = {
    kind: 'layer',
    name: 'own',
    options: {},
    apply(x, context) {
      const spec = {
        role: 'scale',
        initializer: { kind: 'initializer', name: 'i', options: {}, sample: () => new Float32Array(3) },
      } as const
      context.parameter('kernel.direction', { ...spec, shape: [3], inputAxes: [], outputAxes: [0] })
      context.state('seen', { shape: [5], initial: 0 })
      return sum(x, { axes: [1] })
    },
  }
  expect(summarize(layer, { input: { shape: [3] } }).rows).toEqual([
    {
      path: '',
      layer: 'own',
      depth: 0,
      output: [1],
      parameters: 3,
      state: 5,
      multiplyAdds: 0,
      parameterBytes: 32,
      activationBytes: 4,
    },
  ])
})

test('an input that the model does not take is refused by the layer', () => {
  expect(() => summarize(leNet5, { input: { shape: [784] } })).toThrow(ShapeError)
  expect(() => summarize(leNet5, { input: { shape: [784] } })).toThrow(
    'layer conv2d: the input is not a batch of images',
  )
})
