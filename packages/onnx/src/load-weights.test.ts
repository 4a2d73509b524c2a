import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { add, DataError, type Layer, matmul, mul, OptionError, type TrainedModel, valueOf } from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import { type GraphProtoSchema, ModelProtoSchema } from './generated/onnx_pb.ts'
import { loadWeights } from './load-weights.ts'
import { tensorProto } from './tensor-proto.ts'

const zeros = { kind: 'initializer', name: 'zeros', options: {}, sample: () => new Float32Array(6) } as const

/** (x·kernel + bias) · scale: a dense kernel, a bias and a state. */
const layer: Layer = {
  kind: 'layer',
  name: 'affine',
  options: {},
  apply(x, context) {
    const place = { initializer: zeros, inputAxes: [0], outputAxes: [1] }
    const kernel = context.parameter('kernel', { ...place, shape: [2, 2], role: 'kernel' })
    const bias = context.parameter('bias', { ...place, shape: [2], inputAxes: [], outputAxes: [0], role: 'bias' })
    return mul(add(matmul(x, kernel), bias), context.state('scale', { shape: [], initial: 1 }))
  },
}
const model = { layer, input: { shape: [2], dtype: 'float32' } } as const

const [kernel, turned] = [valueOf('float32', [2, 2], [1, 2, 3, 4]), valueOf('float32', [2, 2], [1, 3, 2, 4])]
const bias = valueOf('float32', [2], [5, 6])
const scale = valueOf('float32', [], [7])
const scaleTensor = tensorProto('scale', scale)
const same = [tensorProto('kernel', kernel), tensorProto('bias', bias), scaleTensor]

function file(initializer: typeof same, node: MessageInitShape<typeof GraphProtoSchema>['node'] = []): Uint8Array {
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { name: 'g', initializer, node } }))
}

const values = ({ parameters, state }: TrainedModel) => ({ ...parameters, ...state })

test('names that are the same need no mapping', async () => {
  const loaded = await loadWeights(model, file(same))
  expect(loaded).toEqual({ ...model, parameters: { kernel, bias }, state: { scale } })
})

describe('mappings', () => {
  const theirs = file([tensorProto('fc.weight', kernel), tensorProto('fc.bias', bias), tensorProto('gain', scale)])
  const names = { kernel: 'fc.weight', bias: 'fc.bias', scale: 'gain' }

  test('a record, a function, and the exchange of axes', async () => {
    const expected = { kernel, bias, scale }
    expect(values(await loadWeights(model, theirs, { mapping: names }))).toEqual(expected)
    const mapping = (name: string) => names[name as keyof typeof names]
    expect(values(await loadWeights(model, theirs, { mapping }))).toEqual(expected)
    const exchanged = { ...names, kernel: { name: 'fc.weight', transpose: true } }
    expect(values(await loadWeights(model, theirs, { mapping: exchanged }))).toEqual({ ...expected, kernel: turned })
  })

  test.each<[unknown, string]>([
    [new Map([['kernel', 'fc.weight']]), 'tensors by name of parameter or state, or a function of that name'],
    [{ ...names, kernel: { name: 'fc.weight', transpos: true } }, "option 'mapping"],
    [{ ...names, kernel: 3 }, "option 'mapping"],
    [{ ...names, kernel: null }, "option 'mapping"],
    [() => 3, "option 'kernel' is not valid; expected the name of a tensor, or { name, transpose }; got 3"],
  ])('refused: %o', async (mapping, message) => {
    const loading = loadWeights(model, theirs, { mapping } as object)
    await expect(loading).rejects.toThrow(OptionError)
    await expect(loading).rejects.toThrow(message)
  })

  test('what is no model is refused', async () => {
    await expect(loadWeights(model.layer as never, theirs)).rejects.toThrow('not a model; expected { layer, input }')
    await expect(loadWeights(undefined as never, theirs)).rejects.toThrow(DataError)
  })

  test('what the mapping leaves out comes from the model, where that is asked for', async () => {
    const mapping = { kernel: 'fc.weight' }
    await expect(loadWeights(model, theirs, { mapping })).rejects.toThrow('bias float32 [2] (nothing is mapped to it)')
    const base = await loadWeights(model, theirs, {
      mapping: { ...names, kernel: { name: 'fc.weight', transpose: true } },
    })
    expect(base.parameters['kernel']).toEqual(turned)
    expect(values(await loadWeights(base, theirs, { mapping, partial: true }))).toEqual({ kernel, bias, scale })
    expect(values(await loadWeights(base, file([tensorProto('kernel', kernel)]), { partial: true }))).toEqual({
      kernel,
      bias,
      scale,
    })
    await expect(loadWeights(model, theirs, { mapping, partial: true })).rejects.toThrow(
      '2 of 3 parameters and states have no fitting tensor: bias float32 [2] (nothing is mapped to it)',
    )
  })

  test('a name that the model does not have is refused', async () => {
    const loading = loadWeights(model, theirs, { mapping: { ...names, weight: 'fc.weight' } })
    await expect(loading).rejects.toThrow(OptionError)
    await expect(loading).rejects.toThrow('names what the model does not have: weight; expected kernel, bias, scale')
  })
})

describe('kernels [out, in]', () => {
  const transB = [{ name: 'transB', i: 1n }]
  test.each([
    [
      'Gemm with transB',
      [{ opType: 'Gemm', input: ['x', 'kernel', 'bias'], output: ['y'], attribute: transB }],
      turned,
    ],
    ['Gemm', [{ opType: 'Gemm', input: ['x', 'kernel', 'bias'], output: ['y'] }], kernel],
    ['Gemm that transposes x', [{ opType: 'Gemm', input: ['kernel', 'x'], output: ['y'], attribute: transB }], kernel],
    ['Transpose', [{ opType: 'Transpose', input: ['kernel'], output: ['t'] }], turned],
    [
      'Transpose by name of the axes',
      [{ opType: 'Transpose', input: ['kernel'], output: ['t'], attribute: [{ name: 'perm', ints: [1n, 0n] }] }],
      turned,
    ],
    [
      'Transpose that changes nothing',
      [{ opType: 'Transpose', input: ['kernel'], output: ['t'], attribute: [{ name: 'perm', ints: [0n, 1n] }] }],
      kernel,
    ],
    ['MatMul', [{ opType: 'MatMul', input: ['x', 'kernel'], output: ['y'] }], kernel],
  ])('%s', async (_, node, expected) => {
    expect((await loadWeights(model, file(same, node))).parameters['kernel']).toEqual(expected)
    const mapping = (name: string) => ({ name, transpose: false })
    expect((await loadWeights(model, file(same, node), { mapping })).parameters['kernel']).toEqual(kernel)
  })
})

test('tensors of Constant nodes, and floats of other widths', async () => {
  const constant = { opType: 'Constant', output: ['bias'], attribute: [{ name: 'value', t: tensorProto('', bias) }] }
  const doubles = tensorProto('kernel', valueOf('float64', [2, 2], [1, 2, 3, 4]))
  const loaded = await loadWeights(model, file([doubles, scaleTensor], [constant]))
  expect(values(loaded)).toEqual({ kernel, bias, scale })
})

test('what does not match is told of both sides, with shapes', async () => {
  const wrong = file([
    tensorProto('kernel', valueOf('float32', [2, 3], [1, 2, 3, 4, 5, 6])),
    tensorProto('bias', valueOf('int64', [2], [1, 2])),
    tensorProto('gain', scale),
  ])
  const loading = loadWeights(model, wrong)
  await expect(loading).rejects.toThrow(DataError)
  await expect(loading).rejects.toThrow(
    'loadWeights: 3 of 3 parameters and states have no fitting tensor: ' +
      "kernel float32 [2, 2] ('kernel' is float32 [2, 3]), bias float32 [2] ('bias' is int64 [2]), scale float32 [] (the file has no 'scale'); " +
      "got besides these, the tensors 'gain' float32 []",
  )
  const mapping = { kernel: 'kernel', bias: { name: 'gain', transpose: true }, scale: 'gain' }
  await expect(loadWeights(model, wrong, { mapping })).rejects.toThrow("('gain' is float32 [], to be transposed)")
})
