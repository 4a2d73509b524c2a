// Operators that move elements.

import * as core from '@gradwerk/core'
import { normalizeAxis, type Tensor } from '@gradwerk/core'
import { LeftOut } from '../left-out.ts'
import type { NodeCall } from '../node-call.ts'
import { type Operators, operator } from './operator.ts'

/** Lengths of 0 are copied from the input unless the node means them. */
function reshape(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const target = call.numbersSince(5, 1, 'shape') ?? []
  const literal = call.int('allowzero', 0) === 1
  call.ignore('consumed_inputs')
  return core.reshape(
    x,
    target.map((length, axis) => (length === 0 && !literal ? (x.shape[axis] as number) : length)),
  )
}

function flatten(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const given = call.int('axis', 1)
  const axis = given < 0 ? given + x.shape.length : given
  const product = (lengths: core.Shape) => lengths.reduce((a, b) => a * b, 1)
  return core.reshape(x, [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))])
}

function squeeze(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const given = call.numbersSince(13, 1, 'axes')?.map((axis) => normalizeAxis('reshape', axis, x.shape.length))
  const axes = given ?? x.shape.flatMap((length, axis) => (length === 1 ? [axis] : []))
  return core.reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  )
}

function unsqueeze(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const given = call.numbersSince(13, 1, 'axes') ?? []
  const rank = x.shape.length + given.length
  const axes = given.map((axis) => normalizeAxis('reshape', axis, rank))
  const lengths = [...x.shape]
  return core.reshape(
    x,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (lengths.shift() as number))),
  )
}

function expand(call: NodeCall): Tensor {
  const x = call.tensor(0)
  return core.broadcastTo(x, core.broadcastShapes('broadcastTo', x.shape, call.numbers(1) ?? []))
}

function tile(call: NodeCall): Tensor {
  const repeats = call.numbers(1) ?? []
  return repeats.reduce((x, times, axis) => core.concat(Array<Tensor>(times).fill(x), axis), call.tensor(0))
}

/** A negative step goes backwards from the start: it is a slice of the flipped tensor. */
function cut(x: Tensor, axis: number, from: number, to: number, step: number): Tensor {
  if (step > 0) return core.slice(x, [{ axis, start: from, end: to, step }])
  const length = x.shape[axis] as number
  const place = (i: number) => Math.min(Math.max(i < 0 ? i + length : i, -1), length - 1)
  const range = { axis, start: length - 1 - place(from), end: length - 1 - place(to), step: -step }
  return core.slice(core.flip(x, axis), [range])
}

function slice(call: NodeCall): Tensor {
  const input = call.tensor(0)
  const starts = call.numbersSince(10, 1, 'starts') ?? []
  const ends = call.numbersSince(10, 2, 'ends') ?? []
  const axes = call.numbersSince(10, 3, 'axes') ?? starts.map((_, i) => i)
  const steps = call.opset < 10 ? undefined : call.numbers(4)
  return starts.reduce((x, start, i) => {
    const axis = normalizeAxis('slice', axes[i] as number, x.shape.length)
    return cut(x, axis, start, ends[i] as number, steps?.[i] ?? 1)
  }, input)
}

function split(call: NodeCall): Tensor[] {
  const x = call.tensor(0)
  const axis = normalizeAxis('slice', call.int('axis', 0), x.shape.length)
  const length = x.shape[axis] as number
  const parts = call.int('num_outputs', call.outputs)
  const each = Math.ceil(length / parts)
  const even = Array.from({ length: parts }, (_, i) => Math.min(each, length - i * each))
  let start = 0
  return (call.numbersSince(13, 1, 'split') ?? even).map((size) => {
    const part = core.slice(x, [{ axis, start, end: start + size }])
    start += size
    return part
  })
}

const modes: Readonly<Record<string, 'constant' | 'reflect' | 'replicate'>> = {
  constant: 'constant',
  reflect: 'reflect',
  edge: 'replicate',
}

function pad(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const rank = x.shape.length
  const name = call.string('mode', 'constant')
  const mode = Object.hasOwn(modes, name) ? modes[name] : undefined
  if (mode === undefined) throw new LeftOut(`mode ${name}`)
  const old = call.opset < 11
  const pads = (old ? (call.ints('pads') ?? call.ints('paddings')) : call.numbers(1)) ?? []
  if (pads.some((count) => count < 0)) throw new LeftOut('negative padding')
  const axes = (old ? undefined : call.numbers(3)) ?? x.shape.map((_, axis) => axis)
  const value = old ? call.float('value', 0) : (call.numbers(2)?.[0] ?? 0)
  const paddings = axes.map((axis, i) => ({
    axis: normalizeAxis('pad', axis, rank),
    before: pads[i] as number,
    after: pads[i + axes.length] as number,
  }))
  return core.pad(x, paddings, { mode, value })
}

function depthToSpace(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  const size = call.int('blocksize', 1)
  const inner = channels / size / size
  const blocksFirst = call.string('mode', 'DCR') === 'DCR'
  const blocks = blocksFirst
    ? core.transpose(core.reshape(x, [batch, size, size, inner, height, width]), [0, 3, 4, 1, 5, 2])
    : core.transpose(core.reshape(x, [batch, inner, size, size, height, width]), [0, 1, 4, 2, 5, 3])
  return core.reshape(blocks, [batch, inner, height * size, width * size])
}

function spaceToDepth(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  const size = call.int('blocksize', 1)
  const blocks = core.reshape(x, [batch, channels, height / size, size, width / size, size])
  const blocksFirst = call.string('mode', 'DCR') === 'DCR'
  const moved = core.transpose(blocks, blocksFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4])
  return core.reshape(moved, [batch, channels * size * size, height / size, width / size])
}

export const movement: Operators = {
  Reshape: operator('reshape', reshape),
  Flatten: operator('reshape', flatten),
  Squeeze: operator('reshape', squeeze),
  Unsqueeze: operator('reshape', unsqueeze),
  Transpose: operator('transpose', (call) => core.transpose(call.tensor(0), call.ints('perm'))),
  Expand: operator('broadcastTo', expand),
  Tile: operator('concat', tile),
  Slice: operator('slice flip', slice),
  Split: operator('slice', split),
  Concat: operator('concat', (call) => core.concat(call.tensors, call.int('axis', 1))),
  Pad: operator('pad', pad),
  DepthToSpace: operator('reshape transpose', depthToSpace),
  SpaceToDepth: operator('reshape transpose', spaceToDepth),
}
