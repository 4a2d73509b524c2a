// Normalization, by the functions that the layers of @gradwerk/normalization are made of.

import type { Tensor } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import { divideByRootMeanSquare, localResponse, normalizeChannels, normalizeOver } from '@gradwerk/normalization'
import { LeftOut } from '../left-out.ts'
import type { NodeCall } from '../node-call.ts'
import { type Operators, operator } from './operator.ts'

/** One number for each channel, as the channels of an image: [channels, 1, 1]. */
function perChannel(x: Tensor, rank: number): Tensor {
  return core.reshape(x, [-1, ...Array<number>(rank - 2).fill(1)])
}

function trailing(call: NodeCall): number[] {
  const rank = call.tensor(0).shape.length
  const axis = core.normalizeAxis('normalizeOver', call.int('axis', -1), rank)
  return Array.from({ length: rank - axis }, (_, i) => axis + i)
}

/** The result, the mean, and one over the deviation. */
function layerNormalization(call: NodeCall): Tensor[] {
  call.only('stash_type', 1)
  const [x, scale] = [call.tensor(0), call.tensor(1)]
  const epsilon = call.float('epsilon', 1e-5)
  const axes = trailing(call)
  const over = { axes, keepDims: true }
  const inverse = core.div(1, core.sqrt(core.add(core.variance(x, over), epsilon)))
  const shift = call.inputs[2] ?? core.mul(scale, 0)
  return [normalizeOver(x, axes, { scale, shift }, epsilon), core.mean(x, over), inverse]
}

function rmsNormalization(call: NodeCall): Tensor {
  call.only('stash_type', 1)
  return divideByRootMeanSquare(call.tensor(0), trailing(call), call.tensor(1), call.float('epsilon', 1e-5))
}

function instanceNormalization(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const rank = x.shape.length
  const [scale, shift] = [perChannel(call.tensor(1), rank), perChannel(call.tensor(2), rank)]
  call.ignore('consumed_inputs')
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2)
  return normalizeOver(x, axes, { scale, shift }, call.float('epsilon', 1e-5))
}

/** Groups of channels become the samples of a batch, and each its own scale and shift afterwards. */
function groupNormalization(call: NodeCall): Tensor {
  call.only('stash_type', 1)
  const x = call.tensor(0)
  const rank = x.shape.length
  const [batch, channels, ...inner] = x.shape as [number, number, ...number[]]
  const groups = call.int('num_groups', 1)
  const grouped = core.reshape(x, [batch, groups, channels / groups, ...inner])
  const axes = Array.from({ length: rank - 1 }, (_, i) => i + 2)
  const [one, none] = [1, 0].map((number) => core.scalar(number, x.dtype)) as [Tensor, Tensor]
  const normalized = normalizeOver(grouped, axes, { scale: one, shift: none }, call.float('epsilon', 1e-5))
  // One number for each group before operator set 21, for each channel from then on.
  const spread = (numbers: Tensor) => {
    const times = channels / (numbers.shape[0] as number)
    const rows = core.broadcastTo(core.reshape(numbers, [-1, 1]), [numbers.shape[0] as number, times])
    return perChannel(core.reshape(rows, [channels]), rank)
  }
  const [scale, shift] = [spread(call.tensor(1)), spread(call.tensor(2))]
  return core.add(core.mul(core.reshape(normalized, x.shape), scale), shift)
}

function batchNormalization(call: NodeCall): Tensor {
  call.only('training_mode', 0)
  call.ignore('momentum', 'is_test', 'spatial', 'consumed_inputs')
  const [x, scale, shift, mean, variance] = [0, 1, 2, 3, 4].map((i) => call.tensor(i)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ]
  return normalizeChannels(x, { mean, variance, scale, shift }, call.float('epsilon', 1e-5))
}

function localResponseNormalization(call: NodeCall): Tensor {
  const size = call.int('size', 1)
  if (size % 2 === 0) throw new LeftOut('a window of even size')
  const [alpha, beta] = [call.float('alpha', 1e-4), call.float('beta', 0.75)]
  return localResponse(call.tensor(0), { size, alpha, beta, k: call.float('bias', 1) })
}

export const normalizations: Operators = {
  BatchNormalization: operator('sub mul', batchNormalization),
  GroupNormalization: operator('mean square', groupNormalization),
  InstanceNormalization: operator('mean square', instanceNormalization),
  LayerNormalization: operator('mean square', layerNormalization),
  LRN: operator('conv2d pow', localResponseNormalization),
  RMSNormalization: operator('mean square', rmsNormalization),
}
