// The network of the example, and what is varied in it.

import type { Initializer, Layer } from '@gradwerk/core'
import { heNormal, lecunNormal, lsuv, normal, orthogonal, xavierNormal, zeros } from '@gradwerk/initializers'
import { dense, flatten, relu, sequential, tanh } from '@gradwerk/layers'
import { batchNorm, layerNorm, rmsNorm } from '@gradwerk/normalization'

export type ActivationName = 'relu' | 'tanh'
export type NormalizerName = 'none' | 'batchNorm' | 'layerNorm' | 'rmsNorm'
export type InitializerName = 'zeros' | 'normal' | 'xavier' | 'he' | 'lecun' | 'orthogonal' | 'lsuv'

/** What layers share apart from their initial weights: programs of one network are compiled once. */
export interface Network {
  readonly activation: ActivationName
  readonly normalizer: NormalizerName
}

export interface Size {
  /** Hidden layers. */
  readonly depth: number
  /** Units of each. */
  readonly width: number
}

const activations: Readonly<Record<ActivationName, () => Layer>> = { relu: () => relu(), tanh: () => tanh() }

const normalizers: Readonly<Record<NormalizerName, (() => Layer) | undefined>> = {
  none: undefined,
  batchNorm: () => batchNorm(),
  layerNorm: () => layerNorm(),
  rmsNorm: () => rmsNorm(),
}

/** Orthogonal matrices keep lengths; a rectifier halves the squares of what it is given, which the gain makes up for. */
const orthogonalGain: Readonly<Record<ActivationName, number>> = { relu: Math.SQRT2, tanh: 1 }

export const initializers: Readonly<Record<InitializerName, (activation: ActivationName) => Initializer>> = {
  zeros: () => zeros(),
  normal: () => normal({ standardDeviation: 0.01 }),
  xavier: () => xavierNormal(),
  he: () => heNormal(),
  lecun: () => lecunNormal(),
  orthogonal: (activation) => orthogonal({ gain: orthogonalGain[activation] }),
  lsuv: () => lsuv(),
}

export const activationNames: readonly ActivationName[] = ['relu', 'tanh']
export const normalizerNames: readonly NormalizerName[] = ['none', 'batchNorm', 'layerNorm', 'rmsNorm']
export const initializerNames: readonly InitializerName[] = [
  'zeros',
  'normal',
  'xavier',
  'he',
  'lecun',
  'orthogonal',
  'lsuv',
]

/** flatten → (dense → [normalizer] → activation) · depth → dense: logits [batch, 10] of images [batch, 28, 28]. */
export function deepPerceptron(network: Network, initializer: Initializer, { depth, width }: Size): Layer {
  const normalization = normalizers[network.normalizer]
  // A normalizer takes away or doubles what a bias adds.
  const useBias = normalization === undefined
  const hidden = Array.from({ length: depth }, () => [
    dense(width, { initializer, useBias }),
    ...(normalization === undefined ? [] : [normalization()]),
    activations[network.activation](),
  ]).flat()
  return sequential([flatten(), ...hidden, dense(10, { initializer })])
}

/** The path of a layer that a model has several of, counted from 0: `dense`, `dense_1`, … */
export function pathOf(layer: string, index: number): string {
  return index === 0 ? layer : `${layer}_${index}`
}
