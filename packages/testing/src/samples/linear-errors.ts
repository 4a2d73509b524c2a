// Samples of calls that matrix products, convolutions and pooling refuse.

import * as core from '@gradwerk/core'
import { DataError, DTypeError, ShapeError } from '@gradwerk/core'
import { any, type ErrorRow, float } from './sample.ts'

const product = (a: core.Tensor, b: core.Tensor) => core.matmul(a, b)
const image = float([1, 2, 4, 4])

export const linearErrorRows: readonly ErrorRow[] = [
  [
    'matmul',
    'inner lengths that differ',
    [float([2, 3]), float([4, 5])],
    product,
    ShapeError,
    ['matmul', '[2, 3]', '[4, 5]', 'not 3 and 4'],
  ],
  ['matmul', 'a vector', [float([3]), float([3, 2])], product, ShapeError, ['matmul', 'two matrices']],
  ['matmul', 'whole numbers', [any('int32', [2, 2]), any('int32', [2, 2])], product, DTypeError, ['matmul']],
  [
    'conv2d',
    'channels that differ',
    [image, float([3, 3, 2, 2])],
    (x, k) => core.conv2d(x, k),
    ShapeError,
    ['conv2d', '[1, 2, 4, 4]', '3 channels in', '2 in'],
  ],
  [
    'conv2d',
    'a kernel larger than the image',
    [image, float([1, 2, 5, 2])],
    (x, k) => core.conv2d(x, k),
    ShapeError,
    ['conv2d', 'at most 4', 'got 5'],
  ],
  [
    'conv2d',
    'a matrix',
    [float([4, 4]), float([1, 1, 2, 2])],
    (x, k) => core.conv2d(x, k),
    ShapeError,
    ['conv2d', '4 axes', '[4, 4]'],
  ],
  [
    'conv2d',
    'a stride of 0',
    [image, float([1, 2, 2, 2])],
    (x, k) => core.conv2d(x, k, { strides: [0, 1] }),
    DataError,
    ['conv2d', '"strides":[0,1]'],
  ],
  [
    'convInputGradient',
    'an image of another size',
    [float([1, 3, 3, 3]), float([3, 2, 2, 2])],
    (y, k) => core.convInputGradient(y, k, [1, 2, 9, 9]),
    ShapeError,
    ['conv2dInputGradient', '[1, 3, 3, 3]'],
  ],
  [
    'convKernelGradient',
    'a kernel of another size',
    [image, float([1, 3, 3, 3])],
    (x, y) => core.convKernelGradient(x, y, [3, 2, 3, 3]),
    ShapeError,
    ['conv2dKernelGradient', '[1, 3, 3, 3]'],
  ],
  [
    'maxPool2d',
    'a dilated window around the image',
    [float([1, 1, 1, 1])],
    (x) => core.maxPool2d(x, { size: [2, 2], strides: [1, 1], padding: [1, 1, 1, 1], dilations: [2, 2] }),
    ShapeError,
    ['maxPool2d', 'nothing but padding'],
  ],
  [
    'maxPool2d',
    'windows in the padding',
    [image],
    (x) => core.maxPool2d(x, { size: [2, 2], padding: [2, 0, 0, 0] }),
    ShapeError,
    ['maxPool2d', 'padding'],
  ],
  [
    'maxPool2d',
    'a window larger than the image',
    [image],
    (x) => core.maxPool2d(x, { size: [5, 2] }),
    ShapeError,
    ['maxPool2d', 'got 5'],
  ],
  [
    'averagePool2d',
    'dilated windows',
    [image],
    (x) => core.averagePool2d(x, { size: [2, 2], dilations: [2, 1] }),
    ShapeError,
    ['averagePool2d', 'dilat'],
  ],
  [
    'adaptiveAveragePool2d',
    'no rows',
    [image],
    (x) => core.adaptiveAveragePool2d(x, [0, 1]),
    ShapeError,
    ['adaptiveAveragePool2d', '[1, 2, 4, 4] to [0, 1]'],
  ],
  [
    'adaptiveMaxPool2d',
    'a matrix',
    [float([4, 4])],
    (x) => core.adaptiveMaxPool2d(x, [2, 2]),
    ShapeError,
    ['adaptiveMaxPool2d', '4 axes', '[4, 4]'],
  ],
]
