import { input, traceModel } from '@gradwerk/core'
import { conv2d, dense, flatten, globalAveragePool2d, maxPool2d, relu, residual, sequential } from '@gradwerk/layers'
import { expect, test } from 'vitest'
import { describeNetwork } from './network.ts'
import { works } from './works.ts'

test('layers inside layers become one list, with parameters under the names that they have in the network', () => {
  const network = sequential([
    sequential([conv2d(4, { size: 3, padding: 'same', useBias: false }), relu()]),
    conv2d(4, { size: 5 }),
    maxPool2d(2),
    flatten(),
    dense(3),
  ])
  expect(describeNetwork(network, [1, 8, 8])).toEqual([
    { type: 'conv2d', weight: 'sequential.conv2d.kernel', padding: 1 },
    { type: 'relu' },
    { type: 'conv2d', weight: 'conv2d.kernel', bias: 'conv2d.bias', padding: 0 },
    { type: 'max_pool2d', size: 2 },
    { type: 'flatten' },
    { type: 'linear', weight: 'dense.kernel', bias: 'dense.bias' },
  ])
})

test.each(works)('$name: every parameter has its place in the description, and only there', ({ network, sample }) => {
  const layers = describeNetwork(network, sample)
  const named = layers.flatMap((layer) => ('weight' in layer ? [layer.weight, layer.bias ?? []].flat() : []))
  const { parameters } = traceModel(network, input('x', [2, ...sample]), { batchStatistics: true })
  expect(named).toEqual([...parameters.keys()])
})

test('batch normalization says over which axes it takes statistics', () => {
  const network = works.find(({ name }) => name === 'batch-norm-cnn')
  const layers = network === undefined ? [] : describeNetwork(network.network, network.sample)
  const found = layers.flatMap((layer) => (layer.type === 'batch_norm' ? [layer] : []))
  expect(found.map(({ spatialAxes }) => spatialAxes)).toEqual([2, 2, 2, 2, 0])
  expect(found[0]).toMatchObject({
    weight: 'batchNorm.scale',
    bias: 'batchNorm.shift',
    momentum: 0.1,
    epsilon: 1e-5,
  })
})

test.each([
  [conv2d(4, { size: 3, strides: 2 }), 'cannot build this conv2d'],
  [conv2d(4, { size: 2, padding: 'same' }), 'an odd size'],
  [conv2d(4, { size: 3, padding: 1 }), 'cannot build this conv2d'],
  [maxPool2d(3, { strides: 2 }), 'cannot build this maxPool2d'],
  [globalAveragePool2d(), 'do not know this layer'],
  [residual([conv2d(1, { size: 3, padding: 'same' })]), 'chains of layers only'],
])('what peers would build otherwise is refused (%#)', (layer, message) => {
  expect(() => describeNetwork(sequential([relu(), layer, relu()]), [1, 8, 8])).toThrow(message)
})
