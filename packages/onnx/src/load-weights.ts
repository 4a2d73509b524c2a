// Weights of any ONNX file in a model of gradwerk, matched by name.

import {
  constantHyperparameters,
  DataError,
  dynamic,
  input,
  isPlugin,
  type ModelTrace,
  OptionError,
  type ParameterSpec,
  parseOptions,
  show,
  type TrainedModel,
  type Type,
  traceModel,
  type Value,
  type Values,
} from '@gradwerk/core'
import { z } from 'zod'
import { fillPlaces, type Place } from './read/match.ts'
import { type OnnxFile, openModel } from './read/onnx-file.ts'
import { transposedTensors } from './read/orientation.ts'

/** A tensor of the file, by name. */
export interface WeightSource {
  readonly name: string
  /**
   * Exchange the two axes. Default: whether the graph of the file itself does so (`Gemm` with `transB`, as PyTorch writes linear layers,
   * or `Transpose`), for kernels [in, out].
   */
  readonly transpose?: boolean | undefined
}

/** From the names of the model's parameters and states to tensors of the file. */
export type WeightMapping =
  | Readonly<Record<string, string | WeightSource>>
  | ((name: string) => string | WeightSource | undefined)

export interface LoadWeightsOptions {
  /** Where each parameter and state comes from. Default: tensors of the same names. */
  readonly mapping?: WeightMapping
  /** Leave what the mapping, or without one the file, has nothing for as the given model has it. Default false: that is an error. */
  readonly partial?: boolean
}

const sourceSchema = z.union(
  [z.string().min(1), z.strictObject({ name: z.string().min(1), transpose: z.boolean().optional() })],
  { error: 'the name of a tensor, or { name, transpose }' },
)

const schema = z.strictObject({
  mapping: z
    .union(
      [
        z.record(z.string(), sourceSchema),
        z.custom<(name: string) => string | WeightSource | undefined>((x) => typeof x === 'function', {
          error: 'a function of that name',
        }),
      ],
      { error: 'tensors by name of parameter or state, or a function of that name' },
    )
    .optional()
    .meta({ description: 'where each parameter and state comes from; tensors of the same names unless given' }),
  partial: z.boolean().default(false).meta({
    description: 'whether what the mapping, or without one the file, has nothing for stays as the given model has it',
  }),
})

/** A model that may have no numbers yet. */
export type UntrainedModel = Pick<TrainedModel, 'layer' | 'input'> & Partial<TrainedModel>

/** Applies a model in evaluation mode, for its names and types. */
export function traceOf(model: UntrainedModel): ModelTrace {
  if (!isPlugin(model?.layer) || !model.input)
    throw new DataError({ who: 'loadWeights', problem: 'not a model', expected: '{ layer, input }', got: show(model) })
  const {
    layer,
    input: { shape, dtype },
  } = model
  return traceModel(layer, input('input', [dynamic, ...shape], dtype), { hyperparameters: constantHyperparameters() })
}

/**
 * The model with weights of an ONNX file, whoever wrote it: initializers (and `Constant` nodes) by name, floats of any width as float32. The
 * graph of the file is not run and need not be what the model computes.
 *
 * Shapes: as the model declares them; a dense kernel is [in, out], and one that the file keeps as [out, in] is transposed. Convolution
 * kernels [out, in / groups, kh, kw] are those of ONNX.
 *
 * @param model a layer with the type of its input, or a trained model
 * @param file the bytes, or what `readOnnx` of `@gradwerk/onnx/node` gives where tensors are in other files
 * @throws DataError for a damaged file, and one that lists what does not match on both sides, with shapes; OptionError for options outside
 * their domain, and for a mapping of names that the model does not have
 * @example
 * ```ts
 * const trained = await loadWeights({ layer: mlp(), input: { shape: [784], dtype: 'float32' } }, bytes, {
 *   mapping: { 'dense.kernel': 'fc1.weight', 'dense.bias': 'fc1.bias' },
 * })
 * ```
 */
export async function loadWeights(
  model: UntrainedModel,
  file: Uint8Array | OnnxFile,
  options: LoadWeightsOptions = {},
): Promise<TrainedModel> {
  const { mapping, partial } = parseOptions('loadWeights', schema, options)
  const trace = traceOf(model)
  const names = [...trace.parameters.keys(), ...trace.states.keys()]
  checkMapping(mapping, names)
  const opened = openModel('loadWeights', file)
  const turned = transposedTensors(opened.graph)
  const given: Values = { ...model.parameters, ...model.state }

  const sourceOf = (name: string) => {
    if (typeof mapping === 'function') {
      const answer = z.strictObject({ [name]: sourceSchema.optional() })
      return parseOptions('loadWeights: the mapping', answer, { [name]: mapping(name) })[name]
    }
    if (mapping !== undefined) return Object.hasOwn(mapping, name) ? mapping[name] : undefined
    return partial && !opened.tensors.has(name) ? undefined : name
  }
  const placeOf = (name: string, type: Type, isDense: boolean): Place => {
    const source = sourceOf(name)
    if (source === undefined) return { name, ...type, source }
    const { name: from, transpose } = typeof source === 'string' ? { name: source } : source
    return { name, ...type, source: { name: from, transpose: transpose ?? (isDense && turned.has(from)) } }
  }
  const places = [
    ...[...trace.parameters].map(([name, { tensor, spec }]) => placeOf(name, tensor, isDenseKernel(spec))),
    ...[...trace.states].map(([name, { tensor }]) => placeOf(name, tensor, false)),
  ]
  const filled = await fillPlaces(
    'loadWeights',
    partial ? places.filter(({ name, source }) => source !== undefined || given[name] === undefined) : places,
    opened,
  )
  const values: Values = { ...given, ...filled }
  const chosen = (declared: Iterable<string>): Values =>
    Object.fromEntries([...declared].map((name) => [name, values[name] as Value]))
  const { layer, input: type } = model
  return { layer, input: type, parameters: chosen(trace.parameters.keys()), state: chosen(trace.states.keys()) }
}

/** A kernel [in, out]. */
function isDenseKernel({ role, shape, inputAxes, outputAxes }: ParameterSpec): boolean {
  return role === 'kernel' && shape.length === 2 && inputAxes.join() === '0' && outputAxes.join() === '1'
}

function checkMapping(mapping: WeightMapping | undefined, names: readonly string[]): void {
  if (mapping === undefined || typeof mapping === 'function') return
  const unknown = Object.keys(mapping).filter((name) => !names.includes(name))
  if (unknown.length === 0) return
  throw new OptionError({
    who: 'loadWeights',
    problem: `the mapping names what the model does not have: ${unknown.join(', ')}`,
    expected: names.join(', '),
  })
}
