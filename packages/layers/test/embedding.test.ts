import { readFileSync } from 'node:fs'
import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import {
  constant,
  DataError,
  evaluate,
  gradients,
  initializeModel,
  input,
  keyOf,
  numbers,
  OptionError,
  type Tensor,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { exportOnnx, importOnnx } from '@gradwerk/onnx'
import { layerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const { embedding } = layers

const indices = { range: { low: 0, high: 5 }, differsInTraining: false, exportable: false } as const
layerSuite(
  embedding,
  [
    { plugin: embedding(6, { dimensions: 3 }), input: [4], output: [4, 3], parameters: 18, dtype: 'int32', ...indices },
    {
      plugin: embedding({ entries: 6, dimensions: 2, paddingIndex: 1 }),
      input: [],
      output: [2],
      parameters: 12,
      dtype: 'int64',
      ...indices,
    },
    {
      ...indices,
      plugin: embedding(256, { dimensions: 2 }),
      input: [3],
      output: [3, 2],
      parameters: 512,
      dtype: 'int32',
      exportable: true,
    },
  ],
  { registries: [layers], onnx: { exportOnnx, importOnnx, verifyOnnx, backend: ort({ threads: 1 }) } },
)

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface GoldenCase {
  readonly name: string
  readonly options: { readonly padding_idx: number | null }
  readonly inputs: { readonly index: GoldenTensor; readonly weight: GoldenTensor }
  readonly cotangents: { readonly y: GoldenTensor }
  readonly outputs: { readonly y: GoldenTensor }
  readonly gradients: { readonly weight: GoldenTensor }
}
const golden: { cases: GoldenCase[] } = JSON.parse(
  readFileSync(new URL('golden/embedding.json', import.meta.url), 'utf8'),
)
const float = ({ shape, data }: GoldenTensor) => valueOf('float32', shape, data)

/** Output and gradient of the kernel; rows are copied, so the one is exact, and the other but for the order of a sum. */
function run({ inputs: { index, weight }, options, cotangents }: GoldenCase, dtype: 'int32' | 'int64' | 'float32') {
  const [entries = 0, dimensions = 0] = weight.shape
  const layer = embedding({ entries, dimensions, paddingIndex: options.padding_idx ?? undefined })
  const { output, parameters } = traceModel(layer, input('x', index.shape, dtype))
  const kernel = parameters.get('kernel')?.tensor as Tensor
  const [slope] = gradients(output, [kernel], constant(float(cotangents.y)))
  return evaluate([output, slope as Tensor], { x: valueOf(dtype, index.shape, index.data), kernel: float(weight) })
}

describe.each(golden.cases)('$name equals PyTorch', (testCase) => {
  test.each(['int32', 'int64', 'float32'] as const)('with indices of %s', (dtype) => {
    const [y, slope] = run(testCase, dtype) as [Value, Value]
    expect(y).toEqual(float(testCase.outputs.y))
    const wanted = testCase.gradients.weight.data
    numbers(slope).forEach((g, i) => {
      expect(g).toBeCloseTo(wanted[i] as number, 5)
    })
  })
})

test('the vector of the padding index begins at zero, the others as they would', () => {
  const first = (paddingIndex?: number) => {
    const trace = traceModel(embedding(4, { dimensions: 3, paddingIndex }), input('x', [2], 'int32'))
    return Array.from(numbers(initializeModel(trace, keyOf(1)).parameters['kernel'] as Value))
  }
  expect(first(2)).toEqual(first().map((w, i) => (i >= 6 && i < 9 ? 0 : w)))
})

test('what does not fit is said', () => {
  expect(() => embedding(3, { dimensions: 2, paddingIndex: 3 })).toThrow(OptionError)
  expect(() => embedding(3, { dimensions: 2, paddingIndex: 3 })).toThrow(
    "embedding: option 'paddingIndex' is not valid; expected an index below the number of entries; got 3",
  )
  const { output } = traceModel(embedding(3, { dimensions: 1 }), input('x', [1], 'int32'))
  const kernel = valueOf('float32', [3, 1], [1, 2, 3])
  expect(() => evaluate([output], { x: valueOf('int32', [1], [3]), kernel })).toThrow(DataError)
})
