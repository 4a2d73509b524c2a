// What holds for the ONNX file of a layer. The functions that write and run one are given: this package depends on core alone.

import {
  type Backend,
  evaluate,
  type Registry,
  reference,
  type TrainedModel,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { check } from '../errors.ts'
import { doubles, randomValue } from '../values.ts'
import { type LayerCase, prepareLayer } from './layer.ts'

/** How files are written, run and read: `{ exportOnnx, importOnnx, verifyOnnx, backend: ort() }`. */
export interface OnnxTools {
  /** `exportOnnx` of `@gradwerk/onnx`. */
  readonly exportOnnx: (model: TrainedModel) => Promise<Uint8Array>
  /** `importOnnx` of `@gradwerk/onnx`. Default: files are not read again. */
  readonly importOnnx?: (bytes: Uint8Array, options: { readonly plugins: readonly Registry[] }) => Promise<TrainedModel>
  /** `verifyOnnx` of `@gradwerk/backend-ort`. */
  readonly verifyOnnx: (
    bytes: Uint8Array,
    model: TrainedModel,
    options: { readonly batchSizes: readonly number[]; readonly backend: Backend },
  ) => Promise<{ readonly maxAbsDifference: number }>
  /** A backend that the file has to agree with, besides the reference. */
  readonly backend?: Backend | undefined
}

const batchSizes = [1, 2, 7, 64]
const tolerance = 1e-5

/** Moved a little, so that no parameter is 0 or 1 throughout. */
function moved(value: Value, seed: number): Value {
  const by = doubles(randomValue({ dtype: 'float64', shape: value.shape }, seed))
  return valueOf(
    value.dtype,
    value.shape,
    doubles(value).map((x, i) => x + 0.1 * (by[i] as number)),
  )
}

/** A layer with parameters that are no first numbers any more, and the states that a training step leaves. */
function trainedModel(testCase: LayerCase): TrainedModel {
  const { plugin, dtype = 'float32', input: shape } = testCase
  const { trace, feeds } = prepareLayer(testCase, true)
  const parameters: Values = Object.fromEntries(
    [...trace.parameters.keys()].map((name, i) => [name, moved(feeds[name] as Value, 211 + i)]),
  )
  const names = [...trace.states.keys()]
  const next = evaluate(
    [...trace.states.values()].map((state) => state.next),
    { ...feeds, ...parameters },
  )
  const state = Object.fromEntries(names.map((name, i) => [name, next[i] as Value]))
  return { layer: plugin, input: { shape, dtype }, parameters, state }
}

/** The file that the layer is exported to computes what the layer computes, for batches of 1, 2, 7 and 64, to within 10⁻⁵. */
export async function assertLayerExport(testCase: LayerCase, tools: OnnxTools): Promise<void> {
  const model = trainedModel(testCase)
  const bytes = await tools.exportOnnx(model)
  for (const backend of [reference(), ...(tools.backend === undefined ? [] : [tools.backend])]) {
    const { maxAbsDifference } = await tools.verifyOnnx(bytes, model, { batchSizes, backend })
    check(
      maxAbsDifference <= tolerance,
      testCase.plugin.name,
      `its ONNX file computes something else than the backend ${backend.description.name}`,
      { expected: `a difference of at most ${tolerance}`, got: String(maxAbsDifference) },
    )
  }
}

/** The file gives the layer back, with the numbers it had, and that layer exports to the same file. */
export async function assertLayerImport(
  testCase: LayerCase,
  { exportOnnx, importOnnx }: OnnxTools,
  plugins: readonly Registry[],
): Promise<void> {
  if (importOnnx === undefined) return
  const model = trainedModel(testCase)
  const bytes = await exportOnnx(model)
  const again = await importOnnx(bytes, { plugins })
  const who = testCase.plugin.name
  for (const key of ['layer', 'input', 'parameters', 'state'] as const)
    check(said(again[key]) === said(model[key]), who, `its ONNX file gives another ${key}`, {
      expected: said(model[key]),
      got: said(again[key]),
    })
  check(sameBytes(await exportOnnx(again), bytes), who, 'what its ONNX file gives is exported to another file')
}

/** Plain JSON; numbers of typed arrays, −0 and NaN included, as they are written. */
function said(x: TrainedModel[keyof TrainedModel]): string {
  return JSON.stringify(x, (_, item: unknown) =>
    ArrayBuffer.isView(item)
      ? Array.from(item as Float32Array, (number) => (Object.is(number, -0) ? '-0' : `${number}`))
      : item,
  )
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
