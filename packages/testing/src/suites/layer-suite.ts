// The conformance suite of layers.

import type { Layer } from '@gradwerk/core'
import {
  assertDynamicBatch,
  assertLayerGradient,
  assertLayerRuns,
  assertLayerTypes,
  assertLearns,
  assertSameLayer,
  assertTrainingDifference,
  type LayerCase,
} from '../checks/layer.ts'
import { assertLayerExport, assertLayerImport, type OnnxTools } from '../checks/layer-export.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

export interface LayerSuiteOptions extends SuiteOptions {
  /** Checks the ONNX files of the layers as well: `{ exportOnnx, importOnnx, verifyOnnx, backend: ort() }`. Default: they are not checked. */
  readonly onnx?: OnnxTools
}

/**
 * Parameter count, output shape, both modes, options through JSON, dynamic batch, gradients of first and second order, one gradient
 * step, and the ONNX file: `layerSuite(dense, [{ plugin: dense(4), input: [3], output: [4], parameters: 16 }])`.
 */
export function layerSuite(
  factory: Factory<Layer>,
  cases: readonly LayerCase[],
  options: LayerSuiteOptions = {},
): void {
  const { onnx, registries = [] } = options
  const exportable = (c: LayerCase) => c.exportable ?? c.dynamicBatch !== false
  declareSuite('layer', factory, cases, options, [
    { title: 'has the stated types', run: assertLayerTypes },
    { title: 'computes finite numbers and changes no input', run: assertLayerRuns },
    {
      title: 'computes the same when made again',
      run: (c) => assertSameLayer(c, roundTrip(factory, c.plugin, options.registries)),
    },
    {
      title: 'differs in training as stated',
      run: assertTrainingDifference,
      when: (c) => c.differsInTraining !== undefined,
    },
    { title: 'takes a dynamic batch', run: assertDynamicBatch, when: (c) => c.dynamicBatch !== false },
    { title: 'has the right gradients', run: assertLayerGradient, when: (c) => c.gradient !== false },
    { title: 'learns', run: assertLearns, when: (c) => c.parameters > 0 && c.gradient !== false },
    ...(onnx === undefined
      ? []
      : [
          {
            title: 'computes the same as an ONNX file',
            run: (c: LayerCase) => assertLayerExport(c, onnx),
            when: exportable,
          },
          {
            title: 'comes back from its ONNX file',
            run: (c: LayerCase) => assertLayerImport(c, onnx, [...registries, { [c.plugin.name]: factory }]),
            when: (c: LayerCase) => onnx.importOnnx !== undefined && exportable(c),
          },
        ]),
  ])
}
