// The operators that gradwerk emits: how many inputs they take, which attributes they have, and the types of their outputs.

import { TensorProto_DataType as DataType } from '../generated/onnx_pb.ts'
import * as movement from './movement-rules.ts'
import {
  broadcastShape,
  convolution,
  elementwise,
  generalProduct,
  matrixProduct,
  pooling,
  reduction,
  same,
  type TypeRule,
  transposedConvolution,
} from './rules.ts'

type AttributeKind = 'int' | 'float' | 'ints' | 'string' | 'graph'

export interface Operator {
  /** The least and the largest number of inputs. */
  readonly inputs: readonly [number, number]
  /** The largest number of outputs. Default 1. */
  readonly outputs?: number
  readonly attributes: Readonly<Record<string, AttributeKind>>
  /** Attributes that became inputs, by the operator set that made them so. */
  readonly until?: Readonly<Record<string, number>>
  readonly types: TypeRule
}

type Attributes = Operator['attributes']

const any = Number.POSITIVE_INFINITY
const unknown: TypeRule = () => []

function unary(attributes: Attributes = {}): Operator {
  return { inputs: [1, 1], attributes, types: same }
}

function binary(result?: DataType, attributes: Attributes = {}): Operator {
  return { inputs: [2, 2], attributes, types: elementwise(result) }
}

function reduce(axesAsInputSince: number): Operator {
  return {
    inputs: [1, 2],
    attributes: { keepdims: 'int', noop_with_empty_axes: 'int', axes: 'ints' },
    until: { axes: axesAsInputSince },
    types: reduction(axesAsInputSince),
  }
}

/** The first input's type, whatever the others are. */
function like(least: number, most: number, attributes: Attributes = {}): Operator {
  return { inputs: [least, most], attributes, types: same }
}

function named<T>(names: string, row: () => T): Record<string, T> {
  return Object.fromEntries(names.split(' ').map((name) => [name, row()]))
}

const window = { auto_pad: 'string', dilations: 'ints', kernel_shape: 'ints', pads: 'ints', strides: 'ints' } as const
const scattered = { axis: 'int', reduction: 'string' } as const
const normalized = { axis: 'int', epsilon: 'float', stash_type: 'int' } as const

export const operators: Readonly<Record<string, Operator>> = {
  ...named('Abs Cos Erf Exp Floor Identity Log Neg Relu Sigmoid Sign Sin Softplus Sqrt Tanh Not', () => unary()),
  ...named('Add Div Mul Sub', () => binary()),
  ...named('And Or BitwiseAnd BitwiseOr BitwiseXor', () => binary()),
  ...named('Equal Greater GreaterOrEqual Less LessOrEqual', () => binary(DataType.BOOL)),
  ...named('ReduceMax ReduceMean ReduceMin ReduceProd ReduceL1 ReduceSumSquare', () => reduce(18)),
  ...named('Max Min', (): Operator => ({ inputs: [1, any], attributes: {}, types: elementwise() })),
  ...named('Softmax LogSoftmax', () => unary({ axis: 'int' })),
  ...named('Elu LeakyRelu', () => unary({ alpha: 'float' })),
  ArgMax: {
    inputs: [1, 1],
    attributes: { axis: 'int', keepdims: 'int', select_last_index: 'int' },
    types: movement.argMax,
  },
  AveragePool: {
    inputs: [1, 1],
    attributes: { ...window, ceil_mode: 'int', count_include_pad: 'int' },
    types: pooling,
  },
  BatchNormalization: like(5, 5, { epsilon: 'float', momentum: 'float', training_mode: 'int' }),
  BitShift: binary(undefined, { direction: 'string' }),
  Cast: {
    inputs: [1, 1],
    attributes: { to: 'int', saturate: 'int', round_mode: 'string' },
    types: (call) => [{ element: call.int('to', DataType.UNDEFINED), shape: call.inputs[0]?.shape }],
  },
  Clip: like(1, 3),
  Concat: { inputs: [1, any], attributes: { axis: 'int' }, types: movement.concat },
  Conv: { inputs: [2, 3], attributes: { ...window, group: 'int' }, types: convolution },
  ConvTranspose: {
    inputs: [2, 3],
    attributes: { ...window, group: 'int', output_padding: 'ints', output_shape: 'ints' },
    types: transposedConvolution,
  },
  CumSum: like(2, 2, { exclusive: 'int', reverse: 'int' }),
  DequantizeLinear: {
    inputs: [2, 3],
    attributes: { axis: 'int', block_size: 'int', output_dtype: 'int' },
    types: ({ inputs: [x, scale] }) => [scale && { element: scale.element, shape: x?.shape }],
  },
  Expand: { inputs: [2, 2], attributes: {}, types: movement.expand },
  Gather: { inputs: [2, 2], attributes: { axis: 'int' }, types: movement.gather },
  GatherElements: { inputs: [2, 2], attributes: { axis: 'int' }, types: movement.gatherElements },
  Gemm: {
    inputs: [2, 3],
    attributes: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' },
    types: generalProduct,
  },
  GridSample: {
    inputs: [2, 2],
    attributes: { align_corners: 'int', mode: 'string', padding_mode: 'string' },
    types: movement.gridSample,
  },
  HardSigmoid: unary({ alpha: 'float', beta: 'float' }),
  InstanceNormalization: like(3, 3, { epsilon: 'float' }),
  LayerNormalization: { ...like(2, 3, normalized), outputs: 3 },
  Loop: { inputs: [2, any], outputs: any, attributes: { body: 'graph' }, types: unknown },
  LRN: unary({ alpha: 'float', beta: 'float', bias: 'float', size: 'int' }),
  MatMul: { inputs: [2, 2], attributes: {}, types: matrixProduct },
  MaxPool: {
    inputs: [1, 1],
    outputs: 2,
    attributes: { ...window, ceil_mode: 'int', storage_order: 'int' },
    types: pooling,
  },
  MaxUnpool: { inputs: [2, 3], attributes: { kernel_shape: 'ints', pads: 'ints', strides: 'ints' }, types: unknown },
  Mod: binary(undefined, { fmod: 'int' }),
  Pad: { inputs: [2, 4], attributes: { mode: 'string' }, types: movement.pad },
  Pow: {
    inputs: [2, 2],
    attributes: {},
    types: ({ inputs: [x, y] }) => [x && { element: x.element, shape: broadcastShape([x.shape, y?.shape]) }],
  },
  ReduceSum: reduce(13),
  Reshape: { inputs: [2, 2], attributes: { allowzero: 'int' }, types: movement.reshape },
  RMSNormalization: like(2, 2, normalized),
  ScatterElements: { inputs: [3, 3], attributes: scattered, types: movement.scatter },
  ScatterND: { inputs: [3, 3], attributes: { reduction: 'string' }, types: movement.scatter },
  Slice: { inputs: [3, 5], attributes: {}, types: movement.slice },
  Split: { inputs: [1, 2], outputs: any, attributes: { axis: 'int', num_outputs: 'int' }, types: unknown },
  Transpose: { inputs: [1, 1], attributes: { perm: 'ints' }, types: movement.transpose },
  Unsqueeze: { inputs: [2, 2], attributes: {}, types: movement.unsqueeze },
  Where: {
    inputs: [3, 3],
    attributes: {},
    types({ inputs: [condition, x, y], ...call }) {
      if (condition !== undefined && condition.element !== DataType.BOOL) throw new Error('the condition is no BOOL')
      const [chosen] = elementwise()({ ...call, inputs: [x, y] })
      return [chosen && { element: chosen.element, shape: broadcastShape([condition?.shape, chosen.shape]) }]
    },
  },
}
