// The graph of an exported model: what goes before it, its forward pass in evaluation mode, and what comes after.

import {
  argMax,
  cast,
  claimPath,
  constantHyperparameters,
  DataError,
  type DType,
  dynamic,
  formatType,
  input,
  isPlugin,
  mul,
  OptionError,
  sameShape,
  show,
  softmax,
  type Tensor,
  type TrainedModel,
  topological,
  traceModel,
  type Value,
} from '@gradwerk/core'
import { GraphBuilder } from './graph-builder.ts'
import { graphInputs, lowerExpressions } from './lower.ts'

/** Names of the input and the outputs of an exported model. */
export const exportedInput = 'input'
export const exportedOutput = 'output'
export const exportedProbabilities = 'probabilities'
export const exportedClass = 'class'

/** What may follow the model: softmax of its output as `probabilities`, the index of its largest number as `class`. */
export type Postprocessing = 'softmax' | 'argMax'

export interface GraphOptions {
  readonly opset: number
  /** The file takes bytes and multiplies them with this number. */
  readonly scale?: number | undefined
  readonly postprocess: readonly Postprocessing[]
  readonly float16: boolean
}

export interface ExportedGraph {
  readonly builder: GraphBuilder
  readonly input: Tensor
  /** The tensors of the initializers. */
  readonly parameters: ReadonlyMap<string, Tensor>
  readonly outputs: ReadonlyMap<string, Tensor>
  /** What nodes compute, outputs included, in the order of the graph. */
  readonly values: ReadonlyMap<string, Tensor>
}

/** Plain JavaScript may give a layer, or a whole run, in place of the model. */
function checkTrained(model: Partial<TrainedModel> | undefined): void {
  if (isPlugin(model?.layer) && model.input && model.parameters && model.state) return
  throw new DataError({
    who: 'exportOnnx',
    problem: 'not a trained model',
    expected: '{ layer, input, parameters, state }',
    got: show(model),
    hint: "'model' of what fit of a trainer gives",
  })
}

/** The expressions of the outputs, in terms of the input and of the model's parameters and states. */
function expressions(model: TrainedModel, { scale, postprocess }: GraphOptions) {
  const { shape, dtype } = model.input
  const given = input(exportedInput, [dynamic, ...shape], scale === undefined ? dtype : bytesFor(dtype))
  const x = scale === undefined ? given : mul(cast(given, 'float32'), scale)
  const paths = new Map<Tensor, string>()
  claimPath(paths, 'preprocess', [x])
  const trace = traceModel(model.layer, x, { hyperparameters: constantHyperparameters(), paths })
  const outputs = new Map([[exportedOutput, trace.output]])
  if (postprocess.includes('softmax')) outputs.set(exportedProbabilities, softmax(trace.output))
  if (postprocess.includes('argMax')) outputs.set(exportedClass, argMax(trace.output))
  claimPath(paths, 'postprocess', [...outputs.values()])
  return { given, trace, outputs, paths }
}

function bytesFor(dtype: DType): DType {
  if (dtype === 'float32') return 'uint8'
  throw new OptionError({
    who: 'exportOnnx',
    problem: "option 'preprocess' is for models that take float32",
    expected: 'float32',
    got: dtype,
    hint: 'leaving it out',
  })
}

/** Throws what `exportOnnx` throws. */
export function exportedGraph(model: TrainedModel, options: GraphOptions): ExportedGraph {
  checkTrained(model)
  const { given, trace, outputs, paths } = expressions(model, options)
  const builder = new GraphBuilder(options.opset)
  for (const name of outputs.keys()) builder.names.take(name)
  const bound = new Map<Tensor, string>([[given, builder.input(builder.names.take(exportedInput), given, 'batch')]])
  const values = { ...model.parameters, ...model.state }
  const owners = new Map<Tensor, string>()
  const parameters = new Map<string, Tensor>()
  const used = new Set(topological([...outputs.values()], graphInputs))
  const declare = (name: string, tensor: Tensor, half: boolean) => {
    const value = valueFor(name, tensor, values[name])
    if (!used.has(tensor)) return
    owners.set(tensor, name.slice(0, Math.max(name.lastIndexOf('.'), 0)))
    parameters.set(builder.names.take(name), tensor)
    bound.set(tensor, half ? builder.float16(name, value) : builder.initializer(name, value))
  }
  for (const [name, { tensor }] of trace.parameters) declare(name, tensor, options.float16)
  for (const [name, { tensor }] of trace.states) declare(name, tensor, false)
  // A layer that holds a whole model, as a folded one does, has its parameters' names to tell its parts apart.
  const pathOf = (tensor: Tensor) => {
    const own = paths.get(tensor) ?? ''
    return own !== '' ? own : (tensor.inputs.map((from) => owners.get(from)).find((path) => path !== undefined) ?? '')
  }
  const { tensors, nameOf } = lowerExpressions(builder, [...outputs.values()], bound, [], pathOf)
  for (const [name, tensor] of outputs) builder.output(name, nameOf(tensor), tensor, 'batch')
  const computed = tensors.filter((tensor) => tensor.inputs.length > 0)
  for (const tensor of computed) builder.declare(nameOf(tensor), tensor)
  const found = new Map(computed.map((tensor) => [nameOf(tensor), tensor]))
  return { builder, input: given, parameters, outputs, values: new Map([...found, ...outputs]) }
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
