// What stands behind the values of an exported file: the expressions of the model it was made from.

import { clone } from '@bufbuild/protobuf'
import { DataError, type Tensor, type TrainedModel, type Type } from '@gradwerk/core'
import {
  exportedClass,
  exportedGraph,
  exportedInput,
  exportedOutput,
  exportedProbabilities,
  type GraphOptions,
} from './export-graph.ts'
import { TensorProto_DataType as DataType, type ModelProto, ModelProtoSchema } from './generated/onnx_pb.ts'
import { encodeProto } from './model.ts'
import { valueInfo } from './tensor-proto.ts'

export interface ExportedExpressions {
  /** Of the file's input. */
  readonly input: Tensor
  /** The parameters and states that the others are made of, by name. */
  readonly parameters: ReadonlyMap<string, Tensor>
  readonly outputs: ReadonlyMap<string, Tensor>
  /** Of what nodes compute, outputs included, by name and in the order of the file. */
  readonly values: ReadonlyMap<string, Tensor>
}

/**
 * The expressions behind the values of a file that `exportOnnx` made of a model: the file says with which options. Throws a DataError
 * for a file without the outputs of one, and what `exportOnnx` throws.
 */
export function exportedExpressions(file: ModelProto, model: TrainedModel): ExportedExpressions {
  const { input, parameters, outputs, values } = exportedGraph(model, optionsOf(file))
  const names = new Set(file.graph?.output.map(({ name }) => name))
  const missing = [...outputs.keys()].find((name) => !names.has(name))
  if (missing !== undefined || file.graph?.input.every(({ name }) => name !== exportedInput))
    throw new DataError({
      who: 'onnx',
      problem: missing === undefined ? 'the file has another input' : `the file has no output '${missing}'`,
      expected: `the input '${exportedInput}' and the output '${exportedOutput}' of a file that exportOnnx made`,
    })
  return { input, parameters, outputs, values }
}

function optionsOf({ graph, opsetImport, metadataProps }: ModelProto): GraphOptions {
  const outputs = new Set(graph?.output.map(({ name }) => name))
  const preprocess = metadataProps.find(({ key }) => key === 'gradwerk.preprocess')
  return {
    opset: Number(opsetImport.find(({ domain }) => domain === '')?.version),
    scale: preprocess === undefined ? undefined : scaleOf(preprocess.value),
    postprocess: [
      ...(outputs.has(exportedProbabilities) ? (['softmax'] as const) : []),
      ...(outputs.has(exportedClass) ? (['argMax'] as const) : []),
    ],
    float16: graph?.initializer.some(({ dataType }) => dataType === DataType.FLOAT16) ?? false,
  }
}

function scaleOf(json: string): number {
  try {
    const { scale }: { scale?: unknown } = JSON.parse(json)
    if (typeof scale === 'number') return scale
  } catch {
    // Said below, as for a scale that is no number.
  }
  throw new DataError({
    who: 'onnx',
    problem: "the metadata 'gradwerk.preprocess' is damaged",
    expected: '{"scale":number}',
    got: json.slice(0, 80),
  })
}

/** The bytes of a model that gives more of its values. Throws a DataError for a value that the file does not have. */
export function withOutputs(file: ModelProto, values: ReadonlyMap<string, Type>): Uint8Array<ArrayBuffer> {
  const more = clone(ModelProtoSchema, file)
  const { graph } = more
  const made = new Set(graph?.node.flatMap(({ output }) => output))
  const outputs = new Set(graph?.output.map(({ name }) => name))
  for (const [name, type] of values) {
    if (outputs.has(name)) continue
    if (!made.has(name))
      throw new DataError({
        who: 'onnx',
        problem: `the file computes no '${name}'`,
        expected: 'the file that exportOnnx makes of this model',
      })
    graph?.output.push(valueInfo(name, type))
  }
  return encodeProto(more)
}
