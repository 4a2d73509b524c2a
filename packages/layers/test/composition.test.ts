// Named layers, parallel branches and stochastic depth.

import { ort, verifyOnnx } from '@gradwerk/backend-ort'
import {
  constant,
  evaluate,
  filled,
  input,
  keyOf,
  type Layer,
  numbers,
  OptionError,
  ShapeError,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { exportOnnx, importOnnx } from '@gradwerk/onnx'
import { layerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const { conv2d, dense, identity, named, parallel, relu, residual, sequential, stochasticDepth, summarize, tanh } =
  layers
const registries = [layers]
const onnx = { exportOnnx, importOnnx, verifyOnnx, backend: ort({ threads: 1 }) }

layerSuite(
  parallel,
  [
    { plugin: parallel([dense(2), [dense(3), tanh()]]), input: [4], output: [5], parameters: 25 },
    { plugin: parallel([dense(2), [], dense(2)], { axis: -1 }), input: [3, 2], output: [3, 6], parameters: 12 },
    { plugin: parallel([dense(3), [dense(3)], identity()], { merge: 'add' }), input: [3], output: [3], parameters: 24 },
  ].map((testCase) => ({ ...testCase, differsInTraining: false })),
  { registries, onnx },
)
layerSuite(
  named,
  [{ plugin: named('head', dense(2)), input: [3], output: [2], parameters: 8, differsInTraining: false }],
  { registries, onnx },
)
layerSuite(
  stochasticDepth,
  [
    { plugin: stochasticDepth(dense(3)), input: [3], output: [3], parameters: 12, differsInTraining: true },
    {
      plugin: stochasticDepth([dense(4), tanh()], { shortcut: dense(4), survival: 0.75, per: 'batch' }),
      input: [3],
      output: [4],
      parameters: 32,
      differsInTraining: true,
    },
    {
      plugin: stochasticDepth(dense(3), { survival: 1 }),
      input: [3],
      output: [3],
      parameters: 12,
      differsInTraining: false,
    },
  ],
  { registries, onnx },
)

const names = (model: Layer, shape: readonly number[]) => [...traceModel(model, input('x', shape)).parameters.keys()]

describe('named', () => {
  test('parameters have the given name, a second one a number', () => {
    const model = sequential([
      named('head', dense(2)),
      dense(2),
      residual(named('head', dense(2))),
      named('head', dense(2)),
    ])
    expect(names(model, [1, 2]).filter((name) => name.endsWith('kernel'))).toEqual([
      'head.kernel',
      'dense.kernel',
      'residual.head.kernel',
      'head_1.kernel',
    ])
  })

  test('a summary shows the name and what stands behind it', () => {
    const { rows } = summarize(sequential([named('a', named('head', dense(2)))]), { input: { shape: [2] } })
    expect(rows.map(({ path, layer }) => [path, layer])).toEqual([
      ['', 'sequential'],
      ['a', 'dense'],
    ])
  })

  test.each(['', '1st', 'a.b', 'a b'])("the name '%s' is refused", (name) => {
    expect(() => named(name, relu())).toThrow(OptionError)
    expect(() => named(name, relu())).toThrow("named: option 'name' is not valid; expected a letter, then letters,")
  })
})

describe('parallel', () => {
  test('by hand', () => {
    const branches = [identity(), [relu(), identity()]]
    const x = valueOf('float32', [1, 2], [-1, 3])
    const run = (layer: Layer) => {
      const [y] = evaluate([traceModel(layer, input('x', [1, 2])).output], { x })
      return [y?.shape, Array.from(numbers(y as Value))]
    }
    expect(run(parallel(branches))).toEqual([
      [1, 4],
      [-1, 3, 0, 3],
    ])
    expect(run(parallel(branches, { merge: 'add' }))).toEqual([
      [1, 2],
      [-1, 6],
    ])
  })

  test('lists of layers are branches of their own, named or not', () => {
    const model = parallel([dense(1), [dense(1), relu()], [dense(1)], named('wide', sequential([dense(9)]))])
    expect(names(model, [1, 2]).filter((name) => name.endsWith('kernel'))).toEqual([
      'dense.kernel',
      'branch.dense.kernel',
      'branch_1.dense.kernel',
      'wide.dense.kernel',
    ])
  })

  test('an output that does not fit is named', () => {
    const trace =
      (layer: Layer, ...shape: number[]) =>
      () =>
        traceModel(layer, input('x', shape))
    const images = parallel([conv2d(2, { size: 1 }), [relu(), conv2d(2, { size: 3 })]])
    expect(trace(images, 1, 1, 5, 5)).toThrow(ShapeError)
    expect(trace(images, 1, 1, 5, 5)).toThrow(
      'layer parallel: branch 1 (relu → conv2d) does not fit branch 0 (conv2d); expected float32 [1, 2, 5, 5], but for axis 1; got float32 [1, 2, 3, 3]',
    )
    expect(trace(parallel([dense(2), dense(3)], { merge: 'add' }), 4, 1)).toThrow(
      'layer parallel: branch 1 (dense) does not fit branch 0 (dense); expected float32 [4, 2]; got float32 [4, 3]',
    )
    expect(trace(parallel([dense(2), layers.reshape([2, 1])]), 4, 2)).toThrow(ShapeError)
    expect(trace(parallel([dense(2)], { axis: 2 }), 4, 2)).toThrow('layer parallel: no such axis')
  })

  test('no branches are refused', () => {
    expect(() => parallel([])).toThrow("parallel: option 'branches' is not valid")
  })
})

describe('stochastic depth', () => {
  const samples = 4096

  /** The branch's part of the output for samples of ones. */
  function parts(layer: Layer, seed: number): number[] {
    const key = constant(valueOf('uint32', [2], keyOf(seed)))
    const { output, hyperparameters } = traceModel(layer, input('x', [samples, 2]), { stochastic: true, key })
    const chosen = [...hyperparameters.all].map(([name, { value }]) => [name, filled('float32', [], Number(value))])
    const [y] = evaluate([output], { x: filled('float32', [samples, 2], 1), ...Object.fromEntries(chosen) })
    return Array.from(numbers(y as Value), (number) => number - 1)
  }

  test('every sample has its whole branch or none of it, and the mean is that of evaluation', () => {
    const survival = 0.75
    const found = parts(stochasticDepth(identity(), { survival }), 1)
    for (let i = 0; i < found.length; i += 2) expect(found[i]).toBe(found[i + 1])
    expect(new Set(found)).toEqual(new Set([0, Math.fround(1 + Math.fround(1 / survival)) - 1]))
    const mean = found.reduce((sum, part) => sum + part, 0) / found.length
    const deviation = Math.sqrt((1 - survival) / survival / samples)
    expect(Math.abs(mean - 1)).toBeLessThan(4 * deviation)
  })

  test('per batch, all samples decide together, as often as the survival says', () => {
    const layer = stochasticDepth(identity(), { survival: 0.25, per: 'batch' })
    const kept = Array.from({ length: 200 }, (_, seed) => new Set(parts(layer, seed)))
    for (const found of kept) expect(found.size).toBe(1)
    const survived = kept.filter((found) => !found.has(0)).length
    expect(Math.abs(survived - 50)).toBeLessThan(4 * Math.sqrt(200 * 0.25 * 0.75))
    expect(kept.find((found) => !found.has(0))).toEqual(new Set([4]))
  })

  test('evaluation is that of a residual, bit for bit', () => {
    const branch = [dense(3), tanh()]
    const feeds = {
      x: valueOf('float32', [2, 3], [1, -2, 3, 0.5, 0, 7]),
      'dense.kernel': valueOf('float32', [3, 3], [0.1, 0.2, 0.3, -0.4, 0.5, -0.6, 0.7, 0.8, 0.9]),
      'dense.bias': valueOf('float32', [3], [0.1, 0, -0.1]),
    }
    const run = (layer: Layer) => evaluate([traceModel(layer, input('x', [2, 3])).output], feeds)
    expect(run(stochasticDepth(branch))).toEqual(run(residual(branch)))
  })

  test('what does not fit is said', () => {
    expect(() => traceModel(stochasticDepth(dense(1)), input('x', [4, 3]))).toThrow(
      'layer stochasticDepth: the branch does not fit the shortcut it is added to; expected float32 [4, 3]; got float32 [4, 1]; try a shortcut',
    )
    expect(() => stochasticDepth(relu(), { survival: 0 })).toThrow("stochasticDepth: option 'survival' is not valid")
  })
})
