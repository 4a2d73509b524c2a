import type { TrainedModel } from '../model/model.ts'
import type { DType } from '../tensor/dtype.ts'
import type { Value } from '../tensor/value.ts'
import type { Plugin } from './plugin.ts'

/** Model and parameters to bytes. */
export interface Exporter extends Plugin<'exporter'> {
  export(model: TrainedModel): Promise<Uint8Array>
}

/** An attribute of an ONNX node, tagged because JavaScript has one type of number. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string }
  | { readonly dtype: DType }

/** Where lowerings put ONNX nodes. Only a type: core depends on no ONNX package. */
export interface OnnxSink {
  readonly opset: number
  /** Adds a node with one output and returns the output's name. */
  node(opType: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>): string
  /** Adds a node with several outputs. */
  nodes(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string[]
  /** Adds a constant (an initializer). Equal constants are one. */
  constant(value: Value): string
}
