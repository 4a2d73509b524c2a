// What a model consists of: its layers with their shapes, numbers, work and memory.

import {
  allocate,
  type DType,
  dtypes,
  input,
  type Layer,
  multiplyAdds,
  parseOptions,
  type Shape,
  sizeOf,
  type Tensor,
  traceModel,
} from '@gradwerk/core'
import { z } from 'zod'
import { factoryName } from '../named.ts'

export interface SummarizeOptions {
  /** Type of one sample, without the batch axis. The element type is float32 unless given. */
  readonly input: { readonly shape: Shape; readonly dtype?: DType }
  /** Samples in a batch, 1 and more. Default 1. */
  readonly batch?: number
}

const schema = z.strictObject({
  input: z
    .strictObject({
      shape: z.array(z.int().nonnegative()).readonly(),
      dtype: z.enum(dtypes).default('float32'),
    })
    .meta({ description: 'type of one sample, without the batch axis; float32 unless given' }),
  batch: z.int().positive().default(1).meta({ description: 'samples in a batch' }),
})

/** Figures of one layer, or of all. */
export interface SummaryFigures {
  /** Trained numbers. */
  readonly parameters: number
  /** Numbers that are kept besides, such as running statistics. */
  readonly state: number
  /** Of matrix products and convolutions, forward, for the batch. A training step takes about three times as many. */
  readonly multiplyAdds: number
  /** Bytes of the trained numbers and of the state. */
  readonly parameterBytes: number
  /**
   * Bytes of the output for the batch: what training keeps for the backward pass, about. A tensor counts once, at the layer that makes it, and a
   * reshaped one not again. What a layer computes in between, gradients, optimizer slots and the backend's own memory are not in it.
   */
  readonly activationBytes: number
}

/** A layer, without what is inside it: the rows of a summary add up to its total. */
export interface SummaryRow extends SummaryFigures {
  /** The path in the model: `residual.conv2d_1`; '' for the model itself. */
  readonly path: string
  /** The name of the layer's factory. */
  readonly layer: string
  /** How many layers it is inside of. */
  readonly depth: number
  /** Shape of the output, the batch included. */
  readonly output: Shape
}

export interface ModelSummary {
  readonly model: string
  readonly input: Shape
  /** In the order in which layers are applied, each before what is inside it. */
  readonly rows: readonly SummaryRow[]
  readonly total: SummaryFigures
}

function bytesOf({ dtype, shape }: { readonly dtype: DType; readonly shape: Shape }): number {
  return sizeOf(shape) * allocate(dtype, 0).BYTES_PER_ELEMENT
}

/** The tensor whose numbers these are, in the same order. */
function stored(tensor: Tensor): Tensor {
  const [from] = tensor.inputs
  return tensor.op.name === 'reshape' && from !== undefined ? stored(from) : tensor
}

interface Visit {
  readonly path: string
  readonly layer: string
  readonly depth: number
  output: Tensor
  multiplyAdds: number
  activationBytes: number
}

/** The model again, writing down every layer that is applied. */
function observed(layer: Layer, visits: Visit[], counted: Set<Tensor>, kept: Set<Tensor>, depth = 0): Layer {
  return {
    ...layer,
    apply(x, context) {
      const visit: Visit = {
        path: context.path,
        layer: factoryName(layer),
        depth,
        output: x,
        multiplyAdds: 0,
        activationBytes: 0,
      }
      visits.push(visit)
      const y = layer.apply(x, {
        ...context,
        child: (name, inner, from) => context.child(name, observed(inner, visits, counted, kept, depth + 1), from),
      })
      visit.output = y
      visit.multiplyAdds = multiplyAdds([y], counted)
      visit.activationBytes = kept.has(stored(y)) ? 0 : bytesOf(y)
      kept.add(stored(y))
      return y
    },
  }
}

/** Elements of the tensors by the layer that declared them: the one with the longest path that their name begins with. */
function elementsByLayer(
  declared: ReadonlyMap<string, { readonly tensor: Tensor }>,
  paths: readonly string[],
): ReadonlyMap<string, number> {
  const elements = new Map<string, number>()
  for (const [name, { tensor }] of declared) {
    const owners = paths.filter((path) => name.startsWith(`${path}.`))
    const owner = owners.reduce((longest, path) => (path.length > longest.length ? path : longest), '')
    elements.set(owner, (elements.get(owner) ?? 0) + sizeOf(tensor.shape))
  }
  return elements
}

/**
 * What a model consists of, in evaluation mode: a row for every layer, as plain data. Nothing is computed.
 *
 * Throws a ShapeError for an input that the model does not take, an OptionError for options outside their domain.
 *
 * @example
 * ```ts
 * const summary = summarize(model, { input: { shape: [1, 28, 28] }, batch: 64 })
 * console.log(formatSummary(summary))
 * ```
 */
export function summarize(model: Layer, options: SummarizeOptions): ModelSummary {
  const {
    input: { shape, dtype },
    batch,
  } = parseOptions('summarize', schema, options)
  const x = input('x', [batch, ...shape], dtype)
  const visits: Visit[] = []
  const trace = traceModel(observed(model, visits, new Set(), new Set([x])), x)
  const paths = visits.map(({ path }) => path)
  const trained = elementsByLayer(trace.parameters, paths)
  const states = elementsByLayer(trace.states, paths)
  const rows = visits.map(({ path, layer, depth, output, ...figures }): SummaryRow => {
    const [parameters, state] = [trained.get(path) ?? 0, states.get(path) ?? 0]
    return {
      path,
      layer,
      depth,
      output: output.shape,
      parameters,
      state,
      parameterBytes: 4 * (parameters + state),
      ...figures,
    }
  })
  const total = (figure: keyof SummaryFigures) => rows.reduce((sum, row) => sum + row[figure], 0)
  return {
    model: model.name,
    input: x.shape,
    rows,
    total: {
      parameters: total('parameters'),
      state: total('state'),
      multiplyAdds: total('multiplyAdds'),
      parameterBytes: total('parameterBytes'),
      activationBytes: total('activationBytes'),
    },
  }
}
