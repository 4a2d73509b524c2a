// Samples of ops that move elements: shapes, slices, indices.

import * as core from '@gradwerk/core'
import { any, exactly, float, indices, type OpSample } from './sample.ts'

const shaping: readonly OpSample[] = [
  { op: 'reshape', title: 'to a matrix', inputs: [float([2, 3, 4])], build: (x) => core.reshape(x, [4, 6]) },
  { op: 'reshape', title: 'what is left', inputs: [float([2, 3, 4])], build: (x) => core.reshape(x, [-1, 4]) },
  { op: 'reshape', title: 'to a scalar', inputs: [float([1, 1])], build: (x) => core.reshape(x, []) },
  { op: 'reshape', title: 'empty', inputs: [float([0, 3])], build: (x) => core.reshape(x, [2, 0, 5]) },
  { op: 'reshape', title: 'int64', inputs: [any('int64', [4])], build: (x) => core.reshape(x, [2, 2]) },
  { op: 'transpose', title: 'reversed', inputs: [float([2, 3, 4])], build: (x) => core.transpose(x) },
  { op: 'transpose', title: 'rotated', inputs: [float([2, 3, 4])], build: (x) => core.transpose(x, [2, 0, 1]) },
  { op: 'transpose', title: 'negative axes', inputs: [float([2, 3, 4])], build: (x) => core.transpose(x, [-2, -1, 0]) },
  { op: 'transpose', title: 'empty', inputs: [float([2, 0])], build: (x) => core.transpose(x) },
  { op: 'transpose', title: 'int32', inputs: [any('int32', [2, 3])], build: (x) => core.transpose(x) },
  {
    op: 'broadcastTo',
    title: 'along an inner axis',
    inputs: [float([3, 1])],
    build: (x) => core.broadcastTo(x, [2, 3, 4]),
  },
  { op: 'broadcastTo', title: 'a scalar', inputs: [float([])], build: (x) => core.broadcastTo(x, [2, 2]) },
  { op: 'broadcastTo', title: 'to nothing', inputs: [float([1])], build: (x) => core.broadcastTo(x, [0]) },
  { op: 'broadcastTo', title: 'int32', inputs: [any('int32', [2, 1])], build: (x) => core.broadcastTo(x, [2, 2]) },
  { op: 'sumTo', title: 'inner and leading axes', inputs: [float([2, 3, 4])], build: (x) => core.sumTo(x, [3, 1]) },
  { op: 'sumTo', title: 'a scalar', inputs: [float([2, 3])], build: (x) => core.sumTo(x, []) },
  { op: 'sumTo', title: 'from nothing', inputs: [float([0, 3])], build: (x) => core.sumTo(x, [3]) },
]

const cutting: readonly OpSample[] = [
  {
    op: 'slice',
    title: 'two axes',
    inputs: [float([4, 5])],
    build: (x) =>
      core.slice(x, [
        { axis: 0, start: 1, end: 3 },
        { axis: 1, start: 2, end: 5 },
      ]),
  },
  {
    op: 'slice',
    title: 'strided',
    inputs: [float([6, 7])],
    build: (x) =>
      core.slice(x, [
        { axis: 0, start: 1, end: 6, step: 2 },
        { axis: -1, start: 0, end: 7, step: 3 },
      ]),
  },
  {
    op: 'slice',
    title: 'strided, up to the end',
    inputs: [float([5])],
    build: (x) => core.slice(x, [{ axis: 0, start: 1, end: 5, step: 3 }]),
  },
  {
    op: 'slice',
    title: 'from the end',
    inputs: [float([5])],
    build: (x) => core.slice(x, [{ axis: 0, start: -3, end: -1 }]),
  },
  {
    op: 'slice',
    title: 'beyond the end',
    inputs: [float([5])],
    build: (x) => core.slice(x, [{ axis: 0, start: 3, end: 99 }]),
  },
  {
    op: 'slice',
    title: 'nothing',
    inputs: [float([5, 2])],
    build: (x) => core.slice(x, [{ axis: 0, start: 4, end: 2, step: 2 }]),
  },
  {
    op: 'slice',
    title: 'uint32',
    inputs: [any('uint32', [5])],
    build: (x) => core.slice(x, [{ axis: 0, start: 1, end: 4 }]),
  },
  { op: 'flip', title: 'rows', inputs: [float([3, 2])], build: (x) => core.flip(x, 0) },
  { op: 'flip', title: 'the last axis', inputs: [float([2, 1, 3])], build: (x) => core.flip(x, -1) },
  { op: 'flip', title: 'empty', inputs: [float([0, 2])], build: (x) => core.flip(x, 0) },
  {
    op: 'pad',
    title: 'two axes',
    inputs: [float([2, 3])],
    build: (x) =>
      core.pad(x, [
        { axis: 0, before: 1, after: 2 },
        { axis: 1, before: 0, after: 1 },
      ]),
  },
  { op: 'pad', title: 'nothing', inputs: [float([0])], build: (x) => core.pad(x, [{ axis: 0, before: 2, after: 1 }]) },
  {
    op: 'pad',
    title: 'int32',
    inputs: [any('int32', [2])],
    build: (x) => core.pad(x, [{ axis: 0, before: 1, after: 0 }]),
  },
  {
    op: 'pad',
    title: 'a number',
    inputs: [float([2, 3])],
    build: (x) => core.pad(x, [{ axis: -1, before: 2, after: 1 }], { value: -1.5 }),
  },
  {
    op: 'pad',
    title: 'a whole number',
    inputs: [any('int32', [2])],
    build: (x) => core.pad(x, [{ axis: 0, before: 1, after: 2 }], { value: 7 }),
  },
  ...(['reflect', 'replicate'] as const).flatMap((mode): OpSample[] => [
    {
      op: 'pad',
      title: `${mode}, two axes`,
      inputs: [float([2, 4, 3])],
      build: (x) =>
        core.pad(
          x,
          [
            { axis: 1, before: 1, after: 2 },
            { axis: 2, before: 2, after: 1 },
          ],
          { mode },
        ),
    },
    {
      op: 'pad',
      title: `${mode}, as far as it goes`,
      inputs: [float([1, 3])],
      build: (x) => core.pad(x, [{ axis: 1, before: 0, after: 2 }], { mode }),
    },
    {
      op: 'pad',
      title: `${mode}, whole numbers`,
      inputs: [any('int32', [3])],
      build: (x) => core.pad(x, [{ axis: 0, before: 2, after: 0 }], { mode }),
    },
    {
      op: 'pad',
      title: `${mode}, no rows`,
      inputs: [float([0, 3])],
      build: (x) => core.pad(x, [{ axis: 1, before: 1, after: 1 }], { mode }),
    },
  ]),
  {
    op: 'pad',
    title: 'replicate, more than there is',
    inputs: [float([2, 1])],
    build: (x) => core.pad(x, [{ axis: 1, before: 3, after: 2 }], { mode: 'replicate' }),
  },
  {
    op: 'concat',
    title: 'rows',
    inputs: [float([2, 3]), float([1, 3]), float([2, 3])],
    build: (...x) => core.concat(x, 0),
  },
  { op: 'concat', title: 'columns', inputs: [float([2, 1]), float([2, 3])], build: (...x) => core.concat(x, -1) },
  { op: 'concat', title: 'with nothing', inputs: [float([0, 2]), float([3, 2])], build: (...x) => core.concat(x, 0) },
  { op: 'concat', title: 'the same twice', inputs: [float([2])], build: (x) => core.concat([x, core.mul(x, x), x], 0) },
  {
    op: 'concat',
    title: 'uint32',
    inputs: [any('uint32', [2]), any('uint32', [1])],
    build: (...x) => core.concat(x, 0),
  },
  { op: 'stack', title: 'in front', inputs: [float([2, 3]), float([2, 3])], build: (...x) => core.stack(x) },
  { op: 'stack', title: 'in the middle', inputs: [float([2, 3]), float([2, 3])], build: (...x) => core.stack(x, 1) },
  { op: 'stack', title: 'scalars', inputs: [float([]), float([])], build: (...x) => core.stack(x) },
]

const indexing: readonly OpSample[] = [
  {
    op: 'gather',
    title: 'rows, with repetition',
    inputs: [float([4, 3]), exactly('int32', [5], [3, 0, 0, 2, 3])],
    build: (x, i) => core.gather(x, i),
  },
  { op: 'gather', title: 'columns', inputs: [float([2, 4]), indices([3], 4)], build: (x, i) => core.gather(x, i, 1) },
  {
    op: 'gather',
    title: 'a middle axis by a matrix',
    inputs: [float([2, 4, 3]), indices([2, 2], 4)],
    build: (x, i) => core.gather(x, i, 1),
  },
  {
    op: 'gather',
    title: 'by a scalar',
    inputs: [float([4, 3]), exactly('int32', [], [2])],
    build: (x, i) => core.gather(x, i),
  },
  {
    op: 'gather',
    title: 'by int64',
    inputs: [float([4, 3]), indices([2], 4, 'int64')],
    build: (x, i) => core.gather(x, i),
  },
  { op: 'gather', title: 'nothing', inputs: [float([4, 3]), indices([0], 4)], build: (x, i) => core.gather(x, i) },
  { op: 'gather', title: 'uint8', inputs: [any('uint8', [4, 3]), indices([2], 4)], build: (x, i) => core.gather(x, i) },
  {
    op: 'scatterAdd',
    title: 'with repetition',
    inputs: [float([5, 2]), exactly('int32', [5], [3, 0, 0, 2, 3])],
    build: (x, i) => core.scatterAdd(x, i, 4),
  },
  {
    op: 'scatterAdd',
    title: 'by a matrix',
    inputs: [float([2, 3, 2]), indices([2, 3], 4)],
    build: (x, i) => core.scatterAdd(x, i, 4),
  },
  {
    op: 'scatterAdd',
    title: 'numbers',
    inputs: [float([5]), indices([5], 3)],
    build: (x, i) => core.scatterAdd(x, i, 3),
  },
  {
    op: 'scatterAdd',
    title: 'nothing',
    inputs: [float([0, 2]), indices([0], 3)],
    build: (x, i) => core.scatterAdd(x, i, 3),
  },
  {
    op: 'gatherElements',
    title: 'rows',
    inputs: [float([4, 3]), indices([2, 3], 4)],
    build: (x, i) => core.gatherElements(x, i, 0),
  },
  {
    op: 'gatherElements',
    title: 'columns',
    inputs: [float([4, 5]), indices([4, 3], 5)],
    build: (x, i) => core.gatherElements(x, i, -1),
  },
  {
    op: 'gatherElements',
    title: 'by int64',
    inputs: [float([4, 5]), indices([4, 1], 5, 'int64')],
    build: (x, i) => core.gatherElements(x, i, 1),
  },
  {
    op: 'scatterElementsAdd',
    title: 'rows',
    inputs: [float([5, 3]), indices([5, 3], 4)],
    build: (x, i) => core.scatterElementsAdd(x, i, 4, 0),
  },
  {
    op: 'scatterElementsAdd',
    title: 'columns',
    inputs: [float([4, 5]), indices([4, 5], 2)],
    build: (x, i) => core.scatterElementsAdd(x, i, 2, 1),
  },
  { op: 'oneHot', title: 'a vector', inputs: [indices([4], 3)], build: (i) => core.oneHot(i, 3) },
  { op: 'oneHot', title: 'a matrix', inputs: [indices([2, 2], 5)], build: (i) => core.oneHot(i, 5) },
  { op: 'argMax', title: 'rows', inputs: [float([3, 4])], build: (x) => core.argMax(x) },
  { op: 'argMax', title: 'columns', inputs: [float([3, 4, 2])], build: (x) => core.argMax(x, 1) },
  {
    op: 'argMax',
    title: 'ties',
    inputs: [exactly('float32', [2, 3], [1, 2, 2, 0, 0, -1])],
    build: (x) => core.argMax(x),
  },
]

export const movementSamples: readonly OpSample[] = [...shaping, ...cutting, ...indexing]
