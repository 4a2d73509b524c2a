// Operators that take and add elements by index, and samples of images.

import * as core from '@gradwerk/core'
import { normalizeAxis, sameShape, type Tensor } from '@gradwerk/core'
import { LeftOut } from '../left-out.ts'
import type { NodeCall } from '../node-call.ts'
import { type Operators, operator } from './operator.ts'
import { backTo } from './reductions.ts'

/** Indices counted from the end, which core refuses, as indices from the start. */
function fromStart(indices: Tensor, length: number): Tensor {
  const small = core.cast(indices, 'int32')
  return core.where(core.less(small, 0), core.add(small, length), small)
}

function gather(call: NodeCall): Tensor {
  const x = call.tensor(0)
  const axis = normalizeAxis('gather', call.int('axis', 0), x.shape.length)
  return core.gather(x, fromStart(call.tensor(1), x.shape[axis] as number), axis)
}

function gatherElements(call: NodeCall): Tensor {
  const [x, indices] = [call.tensor(0), call.tensor(1)]
  const axis = normalizeAxis('gatherElements', call.int('axis', 0), x.shape.length)
  // ONNX takes fewer indices than x has rows; core wants as many.
  const rows = x.shape.map((_, i) => ({ axis: i, start: 0, end: (i === axis ? x.shape : indices.shape)[i] as number }))
  return core.gatherElements(core.slice(x, rows), fromStart(indices, x.shape[axis] as number), axis)
}

function scatterElements(call: NodeCall): Tensor {
  const [x, indices, updates] = [call.tensor(0), call.tensor(1), call.tensor(2)]
  const axis = normalizeAxis('scatterElementsAdd', call.int('axis', 0), x.shape.length)
  const reduction = call.string('reduction', 'none')
  if (reduction !== 'add') throw new LeftOut(`reduction ${reduction}`)
  const length = x.shape[axis] as number
  const added = core.scatterElementsAdd(updates, fromStart(indices, length), length, axis)
  if (!sameShape(added.shape, x.shape)) throw new LeftOut('fewer indices than rows')
  return core.add(x, added)
}

function scatterNd(call: NodeCall): Tensor {
  const [x, indices, updates] = [call.tensor(0), call.tensor(1), call.tensor(2)]
  const reduction = call.string('reduction', 'none')
  if (reduction !== 'add') throw new LeftOut(`reduction ${reduction}`)
  if (indices.shape.at(-1) !== 1) throw new LeftOut('indices of several axes')
  const length = x.shape[0] as number
  const rows = fromStart(core.reshape(indices, indices.shape.slice(0, -1)), length)
  return core.add(x, core.scatterAdd(updates, rows, length))
}

function oneHot(call: NodeCall): Tensor {
  const depth = call.numbers(1)?.[0] as number
  const indices = fromStart(core.cast(call.tensor(0), 'int32'), depth)
  const rank = indices.shape.length + 1
  const classes = core.transpose(
    core.oneHot(indices, depth),
    backTo(normalizeAxis('oneHot', call.int('axis', -1), rank), rank),
  )
  const [off = 0, on = 1] = call.numbers(2) ?? []
  return core.cast(core.add(core.mul(classes, on - off), off), call.tensor(2).dtype)
}

const linear = ['bilinear', 'linear']

function gridSample(call: NodeCall): Tensor {
  const mode = call.string('mode', 'linear')
  if (!linear.includes(mode)) throw new LeftOut(`mode ${mode}`)
  if (call.tensor(0).shape.length !== 4) throw new LeftOut('three-dimensional images')
  call.only('padding_mode', 'zeros')
  call.only('align_corners', 0)
  return core.gridSample(call.tensor(0), call.tensor(1))
}

export const indexing: Operators = {
  Gather: operator('gather', gather),
  GatherElements: operator('gatherElements', gatherElements),
  ScatterElements: operator('scatterElementsAdd', scatterElements),
  ScatterND: operator('scatterAdd', scatterNd),
  OneHot: operator('oneHot', oneHot),
  GridSample: operator('gridSample', gridSample),
}
