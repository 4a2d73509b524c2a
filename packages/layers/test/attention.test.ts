import { readFileSync } from 'node:fs'
import {
  constant,
  evaluate,
  gradients,
  input,
  numbers,
  ShapeError,
  sizeOf,
  type Tensor,
  traceModel,
  transpose,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { layerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const { attentionWeights, multiHeadAttention, scaledDotProductAttention } = layers

layerSuite(
  multiHeadAttention,
  [
    { plugin: multiHeadAttention(2), input: [3, 4], output: [3, 4], parameters: 80, differsInTraining: false },
    {
      plugin: multiHeadAttention({ heads: 1, causal: true, useBias: false, dropout: layers.identity() }),
      input: [2, 3],
      output: [2, 3],
      parameters: 36,
      differsInTraining: false,
    },
  ],
  { registries: [layers] },
)

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
type Tensors = Readonly<Record<string, GoldenTensor>>
interface GoldenCase {
  readonly name: string
  readonly options: { readonly causal?: boolean; readonly heads?: number }
  readonly inputs: Tensors
  readonly cotangents: Tensors
  readonly outputs: Tensors
  readonly gradients: Tensors
}
const golden: { cases: GoldenCase[] } = JSON.parse(
  readFileSync(new URL('golden/attention.json', import.meta.url), 'utf8'),
)
const valueFrom = ({ shape, data }: GoldenTensor) => valueOf('float32', shape, data)
const of = (tensors: Tensors, name: string) => tensors[name] ?? expect.fail(`no ${name}`)

/** Within 1e-5 of the largest element, as the other layers. */
function expectClose(actual: Value | undefined, expected: GoldenTensor): void {
  expect(actual?.shape).toEqual(expected.shape)
  const tolerance = 1e-5 * Math.max(...expected.data.map(Math.abs))
  const got = numbers(actual as Value)
  for (let i = 0; i < sizeOf(expected.shape); i++)
    expect(Math.abs((got[i] as number) - (expected.data[i] as number))).toBeLessThanOrEqual(tolerance)
}

describe('equals PyTorch', () => {
  test.each(golden.cases.filter(({ inputs }) => 'q' in inputs))('$name', ({ options, ...testCase }) => {
    const [q, k, v] = ['q', 'k', 'v'].map((name) => input(name, of(testCase.inputs, name).shape)) as [
      Tensor,
      Tensor,
      Tensor,
    ]
    const y = scaledDotProductAttention(q, k, v, options)
    const slopes = gradients(y, [q, k, v], constant(valueFrom(of(testCase.cotangents, 'y'))))
    const feeds = Object.fromEntries(Object.entries(testCase.inputs).map(([name, x]) => [name, valueFrom(x)]))
    const [found, weights, ...got] = evaluate([y, attentionWeights(q, k, options), ...slopes], feeds)
    expectClose(found, of(testCase.outputs, 'y'))
    expectClose(weights, of(testCase.outputs, 'attention'))
    for (const [i, name] of ['q', 'k', 'v'].entries()) expectClose(got[i], of(testCase.gradients, name))
  })

  test.each(golden.cases.filter(({ options }) => options.heads !== undefined))('$name', ({ options, ...testCase }) => {
    const layer = multiHeadAttention(options.heads ?? 1)
    const x = input('x', of(testCase.inputs, 'x').shape)
    const { output, parameters } = traceModel(layer, x)
    const transposed = (name: string) =>
      evaluate([transpose(constant(valueFrom(of(testCase.inputs, name))))])[0] as Value
    const feeds = {
      x: valueFrom(of(testCase.inputs, 'x')),
      'projection.kernel': transposed('in_proj_weight'),
      'projection.bias': valueFrom(of(testCase.inputs, 'in_proj_bias')),
      'output.kernel': transposed('out_proj_weight'),
      'output.bias': valueFrom(of(testCase.inputs, 'out_proj_bias')),
    }
    expect([...parameters.keys()]).toEqual(Object.keys(feeds).slice(1))
    const targets = [x, ...[...parameters.values()].map(({ tensor }) => tensor)]
    const slopes = gradients(output, targets, constant(valueFrom(of(testCase.cotangents, 'y'))))
    const [y, dx, dp, dpb, dout, doutb] = evaluate(
      [output, ...slopes.map((slope, i) => (i === 1 || i === 3 ? transpose(slope) : slope))],
      feeds,
    )
    expectClose(y, of(testCase.outputs, 'y'))
    const expected = ['x', 'in_proj_weight', 'in_proj_bias', 'out_proj_weight', 'out_proj_bias']
    for (const [i, slope] of [dx, dp, dpb, dout, doutb].entries())
      expectClose(slope, of(testCase.gradients, expected[i] as string))
  })
})

test('by hand: equal keys give the mean of the values, and causal ones the mean so far', () => {
  const [q, k] = [valueOf('float32', [2, 1], [3, -7]), valueOf('float32', [2, 1], [1, 1])]
  const v = valueOf('float32', [2, 1], [10, 20])
  const run = (causal: boolean) => {
    const y = scaledDotProductAttention(constant(q), constant(k), constant(v), { causal })
    return Array.from(numbers(evaluate([y])[0] as Value))
  }
  expect(run(false)).toEqual([15, 15])
  expect(run(true)).toEqual([10, 15])
})

test('what does not fit is said', () => {
  const x = (...shape: number[]) => input('x', shape)
  expect(() => attentionWeights(x(2, 3), x(4, 5))).toThrow(ShapeError)
  expect(() => attentionWeights(x(2, 3), x(4, 5))).toThrow(
    'queries and keys have different features; expected [4, 3]; got [4, 5]',
  )
  expect(() => attentionWeights(x(3), x(3))).toThrow('the queries are no sequences')
  expect(() => traceModel(multiHeadAttention(3), x(2, 5, 4))).toThrow(
    'layer multiHeadAttention: the input is not a batch of sequences that the heads can divide; expected [batch, length, features] with a multiple of 3 features; got [2, 5, 4]',
  )
})
