import type { TrainedModel } from '../model/model.ts'
import type { Program } from '../program/program.ts'
import type { DType } from '../tensor/dtype.ts'
import type { Value, Values } from '../tensor/value.ts'
import type { Plugin } from './plugin.ts'

/** Model and parameters to bytes. */
export interface Exporter extends Plugin<'exporter'> {
  export(model: TrainedModel): Promise<Uint8Array>
}

/** A training step with the numbers it is given: what a trainer gives to an exporter. */
export interface TrainingStep {
  readonly program: Program
  /** The state before the first step. */
  readonly state: Values
  /** The program's shared inputs: constant hyper-parameters. */
  readonly shared: Values
  /** Scheduled hyper-parameters, float32 [steps]; a step is given its own number of each. */
  readonly schedules: Values
  /** Steps of the whole run. */
  readonly steps: number
  /** The program's other inputs as the trainer gives them at a step (from 0): batch, random key, scheduled hyper-parameters. */
  inputs(step: number): Values
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
