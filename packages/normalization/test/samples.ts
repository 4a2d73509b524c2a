// Samples of the ops that normalization layers are made of, for the battery of ops and for backends.

import {
  channelVariance,
  divideByRootMeanSquare,
  localResponse,
  normalizeChannels,
  normalizeOver,
} from '@gradwerk/normalization'
import { float, type OpSample } from '@gradwerk/testing'
import { normalizeBatch } from '../src/normalize-batch.ts'

// Numbers of elements and ε that float32 holds exactly, so that double precision sees the same on both sides.
const epsilon = 2 ** -10

const over = (title: string, x: readonly number[], axes: readonly number[], learned: readonly number[]): OpSample => ({
  op: 'normalizeOver',
  title,
  inputs: [float(x), float(learned), float(learned)],
  build: (a, scale, shift) => normalizeOver(a, axes, { scale, shift }, epsilon),
})

const root = (title: string, x: readonly number[], axes: readonly number[], learned: readonly number[]): OpSample => ({
  op: 'divideByRootMeanSquare',
  title,
  inputs: [float(x), float(learned)],
  build: (a, scale) => divideByRootMeanSquare(a, axes, scale, epsilon),
})

const response = (title: string, x: readonly number[], size: number): OpSample => ({
  op: 'localResponse',
  title,
  inputs: [float(x)],
  build: (a) => localResponse(a, { size, alpha: size / 4, beta: 0.75, k: 2 }),
})

const channels = (x: readonly number[]): OpSample => ({
  op: 'normalizeChannels',
  title: `[${x.join(', ')}]`,
  inputs: [float(x), float([3]), float([3], { low: 0.5, high: 2 }), float([3]), float([3])],
  build: (a, mean, variance, scale, shift) => normalizeChannels(a, { mean, variance, scale, shift }, epsilon),
})

export const samples: readonly OpSample[] = [
  over('the last axis', [3, 8], [-1], [8]),
  over('the last axis of sequences', [2, 3, 4], [2], [4]),
  over('the last two axes', [3, 2, 4], [1, 2], [2, 4]),
  over('an axis between', [2, 4, 3], [1], [4, 1]),
  over('two axes that are not neighbours', [3, 2, 2, 4], [1, 3], [2, 1, 4]),
  over('groups of channels', [2, 3, 2, 4], [2, 3], [3, 2, 1]),
  over('every channel by itself', [2, 3, 1, 4], [2, 3], [3, 1, 1]),
  over('one scale for all', [5, 8], [1], []),
  over('one sample', [1, 4], [1], [4]),
  root('the last axis', [3, 8], [-1], [8]),
  root('the last two axes', [3, 2, 4], [-2, -1], [2, 4]),
  root('an axis between', [2, 4, 3], [1], [4, 1]),
  response('images, three channels', [2, 5, 2, 3], 3),
  response('images, an even window', [2, 5, 2, 3], 4),
  response('a window wider than the channels', [1, 2, 2, 2], 7),
  response('one channel', [2, 4, 3, 1], 1),
  response('sequences', [2, 4, 3], 3),
  response('features', [3, 6], 5),
  ...[
    [8, 3],
    [2, 3, 4],
    [2, 3, 2, 2],
  ].flatMap((x): OpSample[] => [
    channels(x),
    {
      op: 'normalizeBatch',
      title: `[${x.join(', ')}]`,
      inputs: [float(x), float([3]), float([3])],
      build: (a, scale, shift) => normalizeBatch(a, { scale, shift }, epsilon),
    },
    { op: 'channelVariance', title: `[${x.join(', ')}]`, inputs: [float(x)], build: (a) => channelVariance(a) },
  ]),
]
