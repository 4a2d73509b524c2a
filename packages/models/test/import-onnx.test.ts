// Models that come back from their files: the same numbers, the same file, and training goes on.

import { ort } from '@gradwerk/backend-ort'
import { GradwerkError, keyOf, type Layer, randomStream, type TrainedModel, type Values } from '@gradwerk/core'
import { generatedDigits } from '@gradwerk/datasets'
import * as initializers from '@gradwerk/initializers'
import * as layers from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import * as models from '@gradwerk/models'
import * as normalization from '@gradwerk/normalization'
import { type ExportOptions, exportOnnx, exportOnnxFiles, importOnnx } from '@gradwerk/onnx'
import { adam } from '@gradwerk/optimizers'
import * as regularizers from '@gradwerk/regularizers'
import { Trainer } from '@gradwerk/trainer'
import { describe, expect, test } from 'vitest'

const { allConvolutional, batchNormCnn, leNet5, mlp, preActivationResNet } = models
const { batchNorm, foldBatchNorm, spectralNorm, weightNorm } = normalization
const { conv2d, dense, flatten, relu, residual, sequential } = layers
const { dropout, l2, maxNorm } = regularizers

const plugins = [models, layers, normalization, initializers, regularizers]
const { train } = generatedDigits({ train: 60, test: 10, seed: 1 })

/** Everything that belongs to a layer at once. */
const everything = sequential([
  layers.reshape([1, 28, 28]),
  normalization.standardize({ mean: [0.1], deviation: [0.3], per: 'channel' }),
  conv2d(2, {
    size: 3,
    strides: 2,
    initializer: initializers.heNormal(),
    regularizer: l2(1e-4),
    parametrization: weightNorm(),
  }),
  batchNorm({ momentum: 'cumulative' }),
  layers.named('activation', relu()),
  residual([conv2d(2, { size: 3, padding: 'same', parametrization: spectralNorm() }), normalization.groupNorm(1)]),
  layers.maxPool2d(2),
  flatten(),
  dense(6, { constraint: maxNorm(2) }),
  normalization.layerNorm(),
  layers.parallel([dense(4), sequential([dense(4), layers.gelu()])]),
  dropout(0.2),
  dense(10),
])

function trainerOf(model: Layer | TrainedModel, seed: number): Trainer {
  return new Trainer({ model, loss: softmaxCrossEntropy(), optimizer: adam(1e-2), backend: ort({ threads: 1 }), seed })
}

const trained = async (model: Layer) => (await trainerOf(model, 1).fit(train, { epochs: 1, batchSize: 20 })).model

/** Bits of numbers, as text that is equal only for equal bits. */
const bitsOf = (values: Values) =>
  Object.fromEntries(
    Object.entries(values).map(([name, { dtype, shape, data }]) => [
      name,
      `${dtype} [${shape}] ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
    ]),
  )

/** All but the functions of its layer. */
const content = ({ layer, input, parameters, state }: TrainedModel) => ({
  layer: JSON.stringify(layer),
  input,
  numbers: bitsOf({ ...parameters, ...state }),
})

const sameBytes = (a: Uint8Array, b: Uint8Array) => expect(Buffer.compare(a, b)).toBe(0)

describe.each<[string, Layer]>([
  ['mlp', mlp({ hidden: [8] })],
  ['leNet5', leNet5({ dropout: dropout(0.2) })],
  ['batchNormCnn', batchNormCnn({ filters: [2, 4], units: 8 })],
  ['allConvolutional', allConvolutional({ filters: [4, 8], normalization: batchNorm() })],
  ['preActivationResNet', preActivationResNet({ blocks: 1, width: 2, survival: 0.9 })],
  ['everything that belongs to a layer', everything],
])('%s', (_, layer) => {
  test('comes back from its file, and training goes on', async () => {
    const model = await trained(layer)
    const bytes = await exportOnnx(model)
    const imported = await importOnnx(bytes, { plugins })
    expect(content(imported)).toEqual(content(model))
    sameBytes(await exportOnnx(imported), bytes)
    const [wanted, got] = [
      await trainerOf(model, 2).fit(train, { epochs: 1, batchSize: 20 }),
      await trainerOf(imported, 2).fit(train, { epochs: 1, batchSize: 20 }),
    ]
    expect(content(got.model)).toEqual(content(wanted.model))
    expect(content(got.model)).not.toEqual(content(model))
  })
})

const cnn = batchNormCnn({ filters: [2, 4], units: 8 })

test.each<[string, ExportOptions]>([
  ['bytes in, probabilities and classes out', { preprocess: { scale: 1 / 255 }, postprocess: ['softmax', 'argMax'] }],
  ['the oldest operator set', { opset: 17 }],
  ['metadata', { metadata: { classes: ['a', 'b'], seed: 1 }, name: 'digits' }],
])('files with other options give the model too: %s', async (_, options) => {
  const model = await trained(cnn)
  const bytes = await exportOnnx(model, options)
  const imported = await importOnnx(bytes, { plugins })
  expect(content(imported)).toEqual(content(model))
  sameBytes(await exportOnnx(imported, options), bytes)
})

test('half floats come back as the float32 that they are', async () => {
  const model = await trained(cnn)
  const bytes = await exportOnnx(model, { float16: true })
  const imported = await importOnnx(bytes, { plugins })
  expect(bitsOf(imported.state)).toEqual(bitsOf(model.state))
  for (const [name, { data }] of Object.entries(imported.parameters))
    for (const [i, x] of data.entries()) {
      const from = Number(model.parameters[name]?.data[i])
      expect(Math.abs(Number(x) - from)).toBeLessThanOrEqual(Math.max(2 ** -11 * Math.abs(from), 2 ** -25))
    }
  sameBytes(await exportOnnx(imported, { float16: true }), bytes)
})

test('large tensors in a file of their own', async () => {
  const model = await trained(cnn)
  const files = await exportOnnxFiles(model, { leastBytes: 100 })
  expect(Object.keys(files)).toEqual(['model.onnx', 'model.onnx.data'])
  const bytes = files['model.onnx'] as Uint8Array
  const external = (location: string) => new Blob([files[location] as Uint8Array<ArrayBuffer>])
  const imported = await importOnnx({ bytes, external }, { plugins })
  expect(content(imported)).toEqual(content(model))
  expect(await exportOnnxFiles(imported, { leastBytes: 100 })).toEqual(files)
})

test('a folded model', async () => {
  const folded = foldBatchNorm(await trained(cnn))
  const bytes = await exportOnnx(folded)
  const imported = await importOnnx(bytes, { plugins })
  expect(content(imported)).toEqual(content(folded))
  sameBytes(await exportOnnx(imported), bytes)
})

test('whatever bytes are changed and wherever the file ends: an error of its own kind, or a model', async () => {
  const bytes = await exportOnnx(await trained(preActivationResNet({ stages: 1, blocks: 1, width: 1 })))
  const random = randomStream(keyOf(1))
  const outcomes = new Map<string, number>()
  for (let i = 0; i < 1000; i++) {
    const damaged = i % 4 === 0 ? bytes.slice(0, random.integer(bytes.length)) : bytes.slice()
    for (let flips = 1 + random.integer(3); flips > 0 && damaged.length > 0; flips--)
      damaged[random.integer(damaged.length)] = random.integer(256)
    const outcome = await importOnnx(damaged, { plugins }).then(
      () => 'read',
      (error: unknown) => (error instanceof GradwerkError ? error.name : String(error)),
    )
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  const typed = ['DataError', 'OptionError', 'PluginError', 'ProgramError', 'ShapeError']
  expect([...outcomes.keys()].filter((name) => name !== 'read' && !typed.includes(name))).toEqual([])
  expect(outcomes.get('read')).toBeGreaterThan(30)
  expect(outcomes.get('DataError')).toBeGreaterThan(300)
})
