// A network as a list of layers that a peer can build again: JSON, in the words of PyTorch, with parameters by name.

import { GradwerkError, input, type Layer, type ModelTrace, type Shape, type Tensor, traceModel } from '@gradwerk/core'
import { z } from 'zod'

/** Names of parameters in the work file. Kernels are as gradwerk keeps them: dense [inputs, outputs], convolution [outputs, inputs, height, width]. */
interface Weights {
  readonly weight: string
  readonly bias?: string
}

export type LayerDescription =
  | (Weights & { readonly type: 'linear' })
  | (Weights & { readonly type: 'conv2d'; readonly padding: number })
  | (Weights & {
      readonly type: 'batch_norm'
      /** Axes of a sample behind the channels: 2 for images. */
      readonly spatialAxes: number
      readonly momentum: number
      readonly epsilon: number
    })
  | { readonly type: 'relu' }
  | { readonly type: 'max_pool2d'; readonly size: number }
  | { readonly type: 'flatten' }

/** A layer that has no layers inside it, where it is applied. */
interface Leaf {
  readonly layer: Layer
  readonly path: string
  readonly x: Tensor
  readonly y: Tensor
}

/** The layer, which also tells of the leaves in it when it is applied. */
function observed(layer: Layer, leaves: Leaf[]): Layer {
  return {
    ...layer,
    apply(x, context) {
      let isLeaf = true
      const y = layer.apply(x, {
        ...context,
        child(name, inner, from) {
          isLeaf = false
          return context.child(name, observed(inner, leaves), from)
        },
      })
      if (isLeaf) leaves.push({ layer, path: context.path, x, y })
      return y
    },
  }
}

function refusal(who: string, problem: string, expected: string, got: string): GradwerkError {
  return new GradwerkError({ who, problem, expected, got })
}

/** Only what the works use, so that nothing is silently left out. */
const one = z.literal(1)
const convolutionOptions = z.object({
  size: z.int().refine((size) => size % 2 === 1, 'an odd size'),
  strides: one,
  padding: z.enum(['valid', 'same']),
  dilations: one,
  groups: one,
})
const poolOptions = z.object({
  size: z.int(),
  strides: z.undefined().optional(),
  padding: z.literal('valid'),
  dilations: one,
  ceilMode: z.literal(false).optional(),
})
const normalizationOptions = z.object({ momentum: z.number(), epsilon: z.number() })

function optionsOf<T>(schema: z.ZodType<T>, { layer, path }: Leaf): T {
  const result = schema.safeParse(layer.options)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const got = JSON.stringify(layer.options)
  throw refusal(path, `peers cannot build this ${layer.name} again`, issue?.message ?? 'plain options', got)
}

function weightsOf({ layer, path }: Leaf, names: ModelTrace['parameters'], weight: string, bias: string): Weights {
  if (!names.has(`${path}.${weight}`))
    throw refusal(path, `peers cannot build this ${layer.name} again`, `a parameter '${weight}'`, 'none')
  return { weight: `${path}.${weight}`, ...(names.has(`${path}.${bias}`) ? { bias: `${path}.${bias}` } : {}) }
}

function described(leaf: Leaf, { parameters }: ModelTrace): LayerDescription {
  switch (leaf.layer.name) {
    case 'flatten':
      return { type: 'flatten' }
    case 'relu':
      return { type: 'relu' }
    case 'dense':
      return { type: 'linear', ...weightsOf(leaf, parameters, 'kernel', 'bias') }
    case 'conv2d': {
      const { size, padding } = optionsOf(convolutionOptions, leaf)
      const weights = weightsOf(leaf, parameters, 'kernel', 'bias')
      return { type: 'conv2d', ...weights, padding: padding === 'same' ? (size - 1) / 2 : 0 }
    }
    case 'batchNorm': {
      const options = optionsOf(normalizationOptions, leaf)
      const weights = weightsOf(leaf, parameters, 'scale', 'shift')
      return { type: 'batch_norm', ...weights, spatialAxes: leaf.x.shape.length - 2, ...options }
    }
    case 'maxPool2d':
      return { type: 'max_pool2d', size: optionsOf(poolOptions, leaf).size }
    default:
      throw refusal(leaf.path, 'peers do not know this layer', 'dense, conv2d, batchNorm, …', leaf.layer.name)
  }
}

/**
 * The layers of a network, one after another, for samples of a shape.
 *
 * @throws GradwerkError for a layer or an option that peers would not build alike, or layers that are no chain
 */
export function describeNetwork(network: Layer, sample: Shape): LayerDescription[] {
  const leaves: Leaf[] = []
  // Two samples: batch normalization refuses to learn from one.
  const trace = traceModel(observed(network, leaves), input('x', [2, ...sample]), { batchStatistics: true })
  for (const [i, { path, x }] of leaves.entries())
    if (i > 0 && x !== leaves[i - 1]?.y)
      throw refusal(path, 'peers build chains of layers only', 'the output of the layer before', 'another input')
  return leaves.map((leaf) => described(leaf, trace))
}
