// Operators that move a window over an image: convolution and pooling. Signals of one axis are images of height 1.

import type { Shape, Tensor } from '@gradwerk/core'
import * as core from '@gradwerk/core'
import { LeftOut } from '../left-out.ts'
import type { NodeCall } from '../node-call.ts'
import { type Operators, operator } from './operator.ts'

type Pair = readonly [number, number]
type Four = readonly [number, number, number, number]

interface Placement {
  readonly size: Pair
  readonly strides: Pair
  readonly dilations: Pair
  readonly padding: Four
}

/** One number for each of two axes; of one axis, the number for the height is in front. */
function pair(numbers: readonly number[] | undefined, missing: number): Pair {
  const [first = missing, second] = numbers ?? [missing, missing]
  return second === undefined ? [missing, first] : [first, second]
}

/** [batch, channels, length] as [batch, channels, 1, length]. */
function asImage(x: Tensor): Tensor {
  if (x.shape.length > 4) throw new LeftOut('three-dimensional windows')
  return x.shape.length === 3 ? core.reshape(x, x.shape.toSpliced(2, 0, 1)) : x
}

function back(y: Tensor, { shape }: Tensor): Tensor {
  return shape.length === 3 ? core.reshape(y, y.shape.toSpliced(2, 1)) : y
}

function placement(call: NodeCall, image: Shape, kernel: Shape): Placement {
  const size = pair(call.ints('kernel_shape') ?? kernel, 1)
  const strides = pair(call.ints('strides'), 1)
  const dilations = pair(call.ints('dilations'), 1)
  const auto = call.string('auto_pad', 'NOTSET')
  const pads = call.ints('pads')
  return { size, strides, dilations, padding: auto.startsWith('SAME') ? same() : given() }

  function given(): Four {
    if (pads === undefined) return [0, 0, 0, 0]
    const half = pads.length / 2
    return [...pair(pads.slice(0, half), 0), ...pair(pads.slice(half), 0)]
  }

  /** As many windows as the image has strides; an odd row or column goes to the end or, for SAME_LOWER, to the beginning. */
  function same(): Four {
    const totals = ([0, 1] as const).map((axis) => {
      const length = image[axis + 2] as number
      const covered = (Math.ceil(length / strides[axis]) - 1) * strides[axis] + dilations[axis] * (size[axis] - 1) + 1
      return Math.max(0, covered - length)
    })
    const rounding = auto === 'SAME_LOWER' ? Math.ceil : Math.floor
    const [top, left] = totals.map((total) => rounding(total / 2)) as [number, number]
    const [height, width] = totals as [number, number]
    return [top, left, height - top, width - left]
  }
}

function withBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? y : core.add(y, core.reshape(bias, [-1, 1, 1]))
}

function conv(call: NodeCall): Tensor {
  const [x, k] = [asImage(call.tensor(0)), asImage(call.tensor(1))]
  const { strides, dilations, padding } = placement(call, x.shape, k.shape.slice(2))
  const y = core.conv2d(x, k, { strides, dilations, padding, groups: call.int('group', 1) })
  return back(withBias(y, call.inputs[2]), call.tensor(0))
}

/** Height and width of a transposed convolution: given, or those whose convolution has the input's. */
function convTranspose(call: NodeCall): Tensor {
  const [y, k] = [asImage(call.tensor(0)), asImage(call.tensor(1))]
  const groups = call.int('group', 1)
  const auto = call.string('auto_pad', 'NOTSET')
  const { strides, dilations, padding } = placement(call, y.shape, k.shape.slice(2))
  const extra = pair(call.ints('output_padding'), 0)
  const shape = call.ints('output_shape')
  const axes = [0, 1] as const
  const wanted =
    shape ?? (auto.startsWith('SAME') ? axes.map((i) => (y.shape[i + 2] as number) * strides[i]) : undefined)
  const full = axes.map((i) => {
    const reach = dilations[i] * ((k.shape[i + 2] as number) - 1) + 1
    return ((y.shape[i + 2] as number) - 1) * strides[i] + reach + extra[i]
  }) as [number, number]
  const size = wanted === undefined ? undefined : pair(wanted, 1)
  const [top, left, bottom, right] = size === undefined ? padding : surplus(full, size, auto)
  const lengths = size ?? [full[0] - top - bottom, full[1] - left - right]
  const image = [y.shape[0] as number, (k.shape[1] as number) * groups, ...lengths]
  const options = { strides, dilations, padding: [top, left, bottom, right] as const, groups }
  return back(withBias(core.convInputGradient(y, k, image, options), call.inputs[2]), call.tensor(0))
}

/**
 * The padding that takes a full size down to the one wanted; an odd row or column goes to the beginning, but for SAME_UPPER to the end.
 * Rows and columns that the windows do not reach stay behind them.
 */
function surplus(full: Pair, wanted: Pair, auto: string): Four {
  const [height, width] = [Math.max(0, full[0] - wanted[0]), Math.max(0, full[1] - wanted[1])]
  const half = (total: number) => (auto === 'SAME_UPPER' ? Math.floor : Math.ceil)(total / 2)
  return [half(height), half(width), height - half(height), width - half(width)]
}

function maxPool(call: NodeCall): Tensor {
  if (call.outputs > 1) throw new LeftOut('indices as an output')
  const x = asImage(call.tensor(0))
  call.ignore('storage_order')
  const ceilMode = call.int('ceil_mode', 0) === 1
  return back(core.maxPool2d(x, { ...placement(call, x.shape, []), ceilMode }), call.tensor(0))
}

function averagePool(call: NodeCall): Tensor {
  const x = asImage(call.tensor(0))
  const ceilMode = call.int('ceil_mode', 0) === 1
  const countPadding = call.int('count_include_pad', 0) === 1
  const { dilations, ...window } = placement(call, x.shape, [])
  if (dilations.some((distance) => distance !== 1)) throw new LeftOut('dilated windows')
  return back(core.averagePool2d(x, { ...window, ceilMode, countPadding }), call.tensor(0))
}

export const windows: Operators = {
  Conv: operator('conv2d', conv),
  ConvTranspose: operator('convInputGradient', convTranspose),
  MaxPool: operator('maxPool2d', maxPool),
  AveragePool: operator('averagePool2d', averagePool),
  GlobalMaxPool: operator('adaptiveMaxPool2d', (call) => core.adaptiveMaxPool2d(asImage(call.tensor(0)), [1, 1])),
  GlobalAveragePool: operator('adaptiveAveragePool2d', (call) =>
    core.adaptiveAveragePool2d(asImage(call.tensor(0)), [1, 1]),
  ),
}
