// Tensors of a file put in the places of a model's parameters and states: which belongs where, and what does not fit.

import {
  DataError,
  formatType,
  GradwerkError,
  numbers,
  sameShape,
  type Type,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import type { TensorProto } from '../generated/onnx_pb.ts'
import type { OpenModel } from './onnx-file.ts'
import { readTensor, tensorType } from './tensor.ts'

/** A place in the model, and what is to fill it. */
export interface Place extends Type {
  readonly name: string
  /** The tensor of the file, and whether its two axes change places; undefined where nothing was found for it. */
  readonly source: { readonly name: string; readonly transpose: boolean } | undefined
}

/** Names in a message are at most so many. */
const mostListed = 12

function listed(items: readonly string[]): string {
  const more = items.length - mostListed
  return items.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The type of a tensor in words, and as a type where it can be read. */
function described(tensor: TensorProto): { text: string; type?: Type } {
  try {
    const type = tensorType(tensor)
    return { text: formatType(type), type }
  } catch (error) {
    if (error instanceof GradwerkError) return { text: `unreadable: ${error.facts.problem}` }
    throw error
  }
}

/** Why a place cannot be filled; undefined where it can. */
function misfit({ shape, source }: Place, tensors: OpenModel['tensors']): string | undefined {
  if (source === undefined) return 'nothing is mapped to it'
  const tensor = tensors.get(source.name)
  if (tensor === undefined) return `the file has no '${source.name}'`
  const { text, type } = described(tensor)
  const own = source.transpose ? type?.shape.toReversed() : type?.shape
  const fits = own !== undefined && sameShape(own, shape) && (!source.transpose || shape.length === 2)
  if (fits && (type?.dtype === 'float32' || type?.dtype === 'float64')) return undefined
  return `'${source.name}' is ${text}${source.transpose ? ', to be transposed' : ''}`
}

/** float32 numbers of a tensor, its axes exchanged where asked for. */
function placed({ shape, source }: Place, read: Value): Value {
  const from = Float32Array.from(numbers(read))
  if (source?.transpose !== true) return value('float32', shape, from)
  const [rows = 0, columns = 0] = shape
  const data = new Float32Array(from.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[i * columns + j] = from[j * rows + i] as number
  return value('float32', shape, data)
}

/**
 * Reads what belongs in each place; floats of other widths become float32.
 *
 * @throws DataError that lists every place without a fitting tensor, and the tensors that nothing was taken from
 */
export async function fillPlaces(
  who: string,
  places: readonly Place[],
  { tensors, external }: OpenModel,
): Promise<Values> {
  const problems = places.flatMap((place) => {
    const problem = misfit(place, tensors)
    return problem === undefined ? [] : [`${place.name} ${formatType(place)} (${problem})`]
  })
  if (problems.length > 0) {
    const used = new Set(places.map(({ source }) => source?.name))
    const unused = [...tensors].filter(([name]) => !used.has(name))
    throw new DataError({
      who,
      problem: `${problems.length} of ${places.length} parameters and states have no fitting tensor: ${listed(problems)}`,
      got: `besides these, the tensors ${listed(unused.map(([name, tensor]) => `'${name}' ${described(tensor).text}`)) || 'none'}`,
    })
  }
  const values: [string, Value][] = []
  for (const place of places)
    values.push([
      place.name,
      placed(place, await readTensor(tensors.get(place.source?.name ?? '') as TensorProto, external)),
    ])
  return Object.fromEntries(values)
}
