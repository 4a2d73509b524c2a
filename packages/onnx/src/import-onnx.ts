// A trained model from the file it was exported to: architecture from the metadata, numbers from the initializers.

import {
  DataError,
  formatType,
  parseOptions,
  type Registry,
  sameShape,
  type TrainedModel,
  type Type,
  type Value,
  type Values,
} from '@gradwerk/core'
import { z } from 'zod'
import { checkModel } from './check.ts'
import { traceOf } from './load-weights.ts'
import { describedModel, guarded, unusedValues } from './read/description.ts'
import { fillPlaces, type Place } from './read/match.ts'
import { type OnnxFile, openModel } from './read/onnx-file.ts'

export interface ImportOptions {
  /** The namespaces whose factories make the model's layers: `[layers, normalization, …]` after `import * as layers from '@gradwerk/layers'`. */
  readonly plugins: readonly Registry[]
}

const namespace = z.custom<Registry>((x) => typeof x === 'object' && x !== null, { error: 'a namespace' })
const schema = z.strictObject({
  plugins: z
    .array(namespace, { error: "a list of namespaces, as of import * as layers from '@gradwerk/layers'" })
    .meta({
      description: "the namespaces whose factories make the model's layers",
    }),
})

/**
 * The trained model that `exportOnnx` wrote, to train on, to evaluate or to export again: its layer made again by the factories of
 * `plugins` from the configuration in the metadata, its parameters and states from the initializers. Half floats become float32.
 *
 * The factories that the file names are called with the options in the file, as they would be by whoever wrote it; nothing else of the file is
 * run, and the graph is not compared with the model: `verifyOnnx` of `@gradwerk/backend-ort` does that.
 *
 * @param file the bytes, or what `readOnnx` of `@gradwerk/onnx/node` gives where tensors are in other files
 * @throws DataError for a damaged file, one without gradwerk's metadata, and one whose tensors are not those of the model; ProgramError for a
 * graph against the rules of ONNX; PluginError for a layer that no namespace has; OptionError for options outside their domain
 * @example
 * ```ts
 * import * as layers from '@gradwerk/layers'
 *
 * const model = await importOnnx(await readFile('mnist.onnx'), { plugins: [layers] })
 * const trainer = new Trainer({ model, loss, optimizer, backend: ort() })
 * ```
 */
export async function importOnnx(file: Uint8Array | OnnxFile, options: ImportOptions): Promise<TrainedModel> {
  const { plugins } = parseOptions('importOnnx', schema, options)
  const opened = openModel('importOnnx', file)
  guarded('the graph is damaged', () => checkModel(opened.model))
  const model = describedModel(opened.model, plugins)
  const trace = guarded('the model that the metadata describes cannot be built', () => traceOf(model))
  const unused = unusedValues(opened.model)
  const apart: Values = { ...unused.parameters, ...unused.state }
  const declared = [...trace.parameters, ...trace.states].map(([name, { tensor }]) => placeOf(name, tensor))
  for (const place of declared) checkApart(place, apart[place.name])
  const places = declared.filter(({ name }) => !Object.hasOwn(apart, name))
  const values = await fillPlaces('importOnnx', places, opened)
  const chosen = (names: ReadonlyMap<string, unknown>): Values =>
    Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)))
  return {
    ...model,
    parameters: { ...chosen(trace.parameters), ...unused.parameters },
    state: { ...chosen(trace.states), ...unused.state },
  }
}

function placeOf(name: string, { dtype, shape }: Type): Place {
  return { name, dtype, shape, source: { name, transpose: false } }
}

function checkApart({ name, dtype, shape }: Place, value: Value | undefined): void {
  if (value === undefined || (value.dtype === dtype && sameShape(value.shape, shape))) return
  throw new DataError({
    who: 'importOnnx',
    problem: `the metadata holds '${name}' with another type than the model has`,
    expected: formatType({ dtype, shape }),
    got: formatType(value),
  })
}
