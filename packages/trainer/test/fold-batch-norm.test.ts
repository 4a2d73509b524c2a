// Folded models against the ones they come from: trained, on both backends, and exported.

import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import {
  add,
  type Backend,
  constantHyperparameters,
  type Dataset,
  dynamic,
  input,
  keyOf,
  type Layer,
  matmul,
  numbers,
  program,
  randomStream,
  reference,
  revive,
  type TrainedModel,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import * as layers from '@gradwerk/layers'
import {
  averagePool2d,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  flatten,
  globalAveragePool2d,
  maxPool2d,
  parallel,
  relu,
  residual,
  sequential,
} from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import * as normalization from '@gradwerk/normalization'
import { batchNorm, foldBatchNorm, layerNorm, spectralNorm, weightNorm } from '@gradwerk/normalization'
import { decodeModel, exportOnnx } from '@gradwerk/onnx'
import { adam } from '@gradwerk/optimizers'
import * as regularizers from '@gradwerk/regularizers'
import { dropout } from '@gradwerk/regularizers'
import { describe, expect, test } from 'vitest'
import { Trainer } from '../src/index.ts'

function dataset(shape: readonly number[]): Dataset {
  const random = randomStream(keyOf(5))
  const size = 24 * shape.reduce((a, b) => a * b, 1)
  return {
    name: 'noise',
    real: false,
    inputs: valueOf(
      'float32',
      [24, ...shape],
      Float64Array.from({ length: size }, () => 0.5 + random.normal()),
    ),
    targets: valueOf(
      'int32',
      [24],
      Array.from({ length: 24 }, (_, i) => i % 3),
    ),
    indices: Int32Array.from({ length: 24 }, (_, i) => i),
    classes: 3,
    inputScale: 1,
  }
}

/** Trained for a few steps, so that statistics, scales and shifts are anything but 0 and 1. */
async function trained(model: Layer, data: Dataset): Promise<TrainedModel> {
  const optimizer = adam(0.05)
  const trainer = new Trainer({ model, loss: softmaxCrossEntropy(), optimizer, backend: reference(), seed: 2 })
  return (await trainer.fit(data, { epochs: 3, batchSize: 8 })).model
}

async function outputsOf({ layer, parameters, state, input: type }: TrainedModel, backend: Backend, x: Value) {
  const from = input('x', [dynamic, ...type.shape])
  const trace = traceModel(layer, from, { hyperparameters: constantHyperparameters() })
  const values = { ...parameters, ...state }
  const tensors = [...trace.parameters, ...trace.states].map(([name, { tensor }]) => [name, tensor] as const)
  const executable = await backend.compile(
    program({
      name: 'evaluation',
      shared: { x: from, ...Object.fromEntries(tensors) },
      inputs: {},
      state: {},
      outputs: { y: trace.output },
    }),
  )
  const shared = { x, ...Object.fromEntries(tensors.map(([name]) => [name, values[name] as Value])) }
  return numbers((await executable.run({ steps: 1, shared, inputs: {}, state: {} })).outputs['y'] as Value)
}

interface Case {
  readonly shape: readonly number[]
  readonly model: Layer
  /** Which normalization goes into which kernel. */
  readonly folded: readonly string[]
  /** How many stay. */
  readonly left?: number
}

const image = [2, 6, 6]
const head = [globalAveragePool2d(), dense(3)]
const plain = { useBias: false } as const

/** x·w + normalize(x·w + b): the product would have to be computed twice. */
const twoFold: Layer = {
  kind: 'layer',
  name: 'twoFold',
  options: {},
  apply(x, context) {
    const place = { initializer: initializers.heNormal(), inputAxes: [0], outputAxes: [1] }
    const product = matmul(x, context.parameter('kernel', { ...place, shape: [4, 4], role: 'kernel' }))
    const bias = context.parameter('bias', { ...place, shape: [1, 4], role: 'bias' })
    return add(product, context.child('batchNorm', batchNorm(), add(product, bias)))
  },
}

const cases: Readonly<Record<string, Case>> = {
  'a perceptron': {
    shape: [7],
    model: sequential([dense(6, plain), batchNorm(), relu(), dropout(0.2), dense(5), batchNorm(), relu(), dense(3)]),
    folded: ['batchNorm → dense.kernel', 'batchNorm_1 → dense_1.kernel'],
  },
  'a convolutional network': {
    shape: image,
    model: sequential([
      conv2d(4, { size: 3, padding: 'same', ...plain }),
      batchNorm(),
      relu(),
      conv2d(4, { size: 3, strides: 2 }),
      batchNorm({ momentum: 'cumulative', useScale: false }),
      relu(),
      maxPool2d(2),
      flatten(),
      dense(3),
    ]),
    folded: ['batchNorm → conv2d.kernel', 'batchNorm_1 → conv2d_1.kernel'],
  },
  'before a dense layer': {
    shape: [7],
    model: sequential([batchNorm(), dense(5), relu(), batchNorm(), dense(3, plain)]),
    folded: ['batchNorm → dense.kernel', 'batchNorm_1 → dense_1.kernel'],
  },
  'before flattening, and before a convolution without padding': {
    shape: image,
    model: sequential([batchNorm(), conv2d(4, { size: 3, groups: 2 }), relu(), batchNorm(), flatten(), dense(3)]),
    folded: ['batchNorm → conv2d.kernel', 'batchNorm_1 → dense.kernel'],
  },
  'on both sides of one kernel': {
    shape: image,
    model: sequential([batchNorm(), conv2d(4, { size: 3, ...plain }), batchNorm(), relu(), ...head]),
    folded: ['batchNorm_1 → conv2d.kernel', 'batchNorm → conv2d.kernel'],
  },
  'inside of residual and parallel branches': {
    shape: image,
    model: sequential([
      residual([conv2d(2, { size: 3, padding: 'same', ...plain }), batchNorm(), relu()]),
      parallel([
        sequential([conv2d(2, { size: 1 }), batchNorm()]),
        sequential([depthwiseConv2d({ size: 1 }), batchNorm()]),
      ]),
      relu(),
      ...head,
    ]),
    folded: [
      'residual.batchNorm → residual.conv2d.kernel',
      'parallel.sequential.batchNorm → parallel.sequential.conv2d.kernel',
      'parallel.sequential_1.batchNorm → parallel.sequential_1.depthwiseConv2d.kernel',
    ],
  },
  'kernels with parametrizations': {
    shape: image,
    model: sequential([
      conv2d(4, { size: 3, parametrization: weightNorm() }),
      batchNorm(),
      relu(),
      conv2d(4, { size: 3, parametrization: spectralNorm() }),
      batchNorm(),
      ...head,
    ]),
    folded: ['batchNorm → conv2d.kernel', 'batchNorm_1 → conv2d_1.kernel'],
  },
  'a transposed convolution with groups': {
    shape: image,
    model: sequential([convTranspose2d(4, { size: 2, strides: 2, groups: 2 }), batchNorm(), relu(), ...head]),
    folded: ['batchNorm → convTranspose2d.kernel'],
  },
  'not before a padded convolution, nor behind what is used twice': {
    shape: image,
    model: sequential([
      batchNorm(),
      conv2d(4, { size: 3, padding: 'same' }),
      relu(),
      batchNorm(),
      residual([relu(), conv2d(4, { size: 1 })]),
      averagePool2d(2),
      flatten(),
      dense(3),
    ]),
    folded: [],
    left: 2,
  },
  'not into a product that something else looks at': {
    shape: image,
    model: sequential([conv2d(2, { size: 1 }), residual([batchNorm(), relu()]), ...head]),
    folded: [],
    left: 1,
  },
  'not into a product whose bias is looked at': {
    shape: [5],
    model: sequential([dense(4), residual([batchNorm(), relu()]), dense(3)]),
    folded: [],
    left: 1,
  },
  'not where the product is needed before its bias as well': {
    shape: [4],
    model: sequential([twoFold, dense(3)]),
    folded: [],
    left: 1,
  },
  'not behind a sum of branches': {
    shape: [5],
    model: sequential([residual(dense(5)), batchNorm(), relu(), dense(3), layerNorm()]),
    folded: [],
    left: 1,
  },
}

describe.each(Object.entries(cases))('%s', (_, { shape, model, folded, left = 0 }) => {
  const data = dataset(shape)

  test('computes what the original does', async () => {
    const original = await trained(model, data)
    const result = foldBatchNorm(original)
    if (folded.length === 0) return expect(result).toBe(original)
    const said = result.layer.options['folded'] as { normalization: string; into: string }[]
    expect(said.map(({ normalization: from, into }) => `${from} → ${into}`)).toEqual(folded)
    for (const backend of [reference(), ort({ threads: 1 })]) {
      const [wanted, got] = [
        await outputsOf(original, backend, data.inputs),
        await outputsOf(result, backend, data.inputs),
      ]
      // Outputs are of the order of 1.
      for (const [i, y] of wanted.entries()) expect(Math.abs((got[i] as number) - y)).toBeLessThan(1e-5)
    }
  })

  test('exports', async () => {
    const original = await trained(model, data)
    const result = foldBatchNorm(original)
    const bytes = await exportOnnx(result)
    expect((await verifyOnnx(bytes, result)).maxAbsDifference).toBeLessThan(1e-5)
    expect((await verifyOnnx(bytes, original)).maxAbsDifference).toBeLessThan(1e-5)
    const { graph, metadataProps } = decodeModel(bytes)
    const statistics = Object.keys(result.state).filter((name) => name.endsWith('variance'))
    expect(statistics).toHaveLength(left)
    expect(graph?.node.filter(({ opType }) => opType === 'BatchNormalization').length).toBeLessThanOrEqual(left)
    const described = metadataProps.find(({ key }) => key === 'gradwerk.model')?.value ?? ''
    expect(described.match(/"name":"foldedBatchNorm"/g) ?? []).toHaveLength(folded.length === 0 ? 0 : 1)
    // The description makes the same model again.
    const again = revive(JSON.parse(described), layers, normalization, initializers, regularizers, {
      twoFold: () => twoFold,
    }) as Layer
    const x = data.inputs
    expect(await outputsOf({ ...result, layer: again }, reference(), x)).toEqual(
      await outputsOf(result, reference(), x),
    )
  })
})

test('a folded model says why it does not train, and when it is not what it says', async () => {
  const data = dataset([4])
  const result = foldBatchNorm(await trained(sequential([dense(3), batchNorm(), dense(3)]), data))
  expect(() => traceModel(result.layer, input('x', [2, 4]), { batchStatistics: true })).toThrow(
    'layer foldedBatchNorm: a folded model has no statistics to learn',
  )
  const wrong = normalization.foldedBatchNorm({
    layer: sequential([dense(3), batchNorm(), dense(3)]),
    folded: [{ normalization: 'batchNorm', into: 'dense_1.kernel' }],
  })
  expect(() => traceModel(wrong, input('x', [2, 4]))).toThrow('the model does not fold as its options say')
  expect(foldBatchNorm(result)).toBe(result)
})
