// A trained model as an ONNX file: its forward pass in evaluation mode, for any batch size.

import {
  constantHyperparameters,
  DataError,
  dynamic,
  type Exporter,
  formatType,
  input,
  sameShape,
  type Tensor,
  type TrainedModel,
  traceModel,
  type Value,
} from '@gradwerk/core'
import { GraphBuilder } from './graph-builder.ts'
import { lowerExpressions } from './lower.ts'
import { encodeModel } from './model.ts'
import { checkOpset, defaultOpset } from './opset.ts'

export interface ExportOptions {
  /** Version of the ONNX operator set, 17 to 24. Default 21. */
  readonly opset?: number
  /** Name of the graph. Default 'model'. */
  readonly name?: string
}

/** Names of the one input and the one output of an exported model. */
export const exportedInput = 'input'
export const exportedOutput = 'output'

/**
 * Writes a trained model as an ONNX file: input `input` [batch, …], output `output` [batch, …], parameters and running statistics as
 * initializers under the names the model gives them, random layers off. The metadata holds the model's configuration as JSON
 * (`gradwerk.model`, `gradwerk.input`). Throws a DataError when a parameter's value is missing or has another type, and an OptionError
 * when an op needs a newer operator set.
 */
export async function exportOnnx(model: TrainedModel, options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { opset = defaultOpset, name = 'model' } = options
  checkOpset('exportOnnx', opset)
  const x = input(exportedInput, [dynamic, ...model.input.shape], model.input.dtype)
  const trace = traceModel(model.layer, x, { hyperparameters: constantHyperparameters() })

  const builder = new GraphBuilder(opset)
  builder.names.take(exportedOutput)
  const bound = new Map<Tensor, string>([[x, builder.input(builder.names.take(exportedInput), x, 'batch')]])
  const values = { ...model.parameters, ...model.state }
  for (const [key, { tensor }] of [...trace.parameters, ...trace.states])
    bound.set(tensor, builder.initializer(builder.names.take(key), valueFor(key, tensor, values[key])))
  const nameOf = lowerExpressions(builder, [trace.output], bound)
  builder.output(exportedOutput, nameOf(trace.output), trace.output, 'batch')
  return encodeModel(builder, {
    name,
    metadata: { 'gradwerk.model': JSON.stringify(model.layer), 'gradwerk.input': JSON.stringify(model.input) },
  })
}

function valueFor(name: string, tensor: Tensor, value: Value | undefined): Value {
  if (value !== undefined && value.dtype === tensor.dtype && sameShape(value.shape, tensor.shape)) return value
  throw new DataError({
    who: 'exportOnnx',
    problem: value === undefined ? `the model has no value for '${name}'` : `the value of '${name}' has the wrong type`,
    expected: formatType(tensor),
    ...(value === undefined ? {} : { got: formatType(value) }),
  })
}

/** The exporter for trainers and command lines that take one: `onnxExporter({ opset: 17 })`. */
export function onnxExporter(options: ExportOptions = {}): Exporter {
  return {
    kind: 'exporter',
    name: 'onnxExporter',
    options: { ...options },
    export: (model) => exportOnnx(model, options),
  }
}
