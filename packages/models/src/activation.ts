// The activation of a network: by name or as a layer, and the initializer that goes with it.

import { type Initializer, isPlugin, type Layer, pluginSchema } from '@gradwerk/core'
import { heNormal, lecunNormal, xavierNormal } from '@gradwerk/initializers'
import { elu, gelu, identity, leakyRelu, relu, selu, sigmoid, silu, tanh } from '@gradwerk/layers'
import { z } from 'zod'

/** Activations that a network takes by name, with their usual options. */
export type ActivationName = 'relu' | 'leakyRelu' | 'elu' | 'gelu' | 'silu' | 'selu' | 'tanh' | 'sigmoid' | 'identity'
/** The name of an activation, or any layer. */
export type ActivationOption = ActivationName | Layer

interface Activation {
  readonly layer: () => Layer
  readonly initializer: () => Initializer
}

const he = () => heNormal()
const xavier = () => xavierNormal()

/** He's variance where the negative half is cut off (or nearly so), Xavier's where the middle is linear, LeCun's for SELU. */
const activations: Readonly<Record<ActivationName, Activation>> = {
  relu: { layer: relu, initializer: he },
  leakyRelu: { layer: leakyRelu, initializer: () => heNormal({ negativeSlope: 0.01 }) },
  elu: { layer: elu, initializer: he },
  gelu: { layer: gelu, initializer: he },
  silu: { layer: silu, initializer: he },
  selu: { layer: selu, initializer: () => lecunNormal() },
  tanh: { layer: tanh, initializer: xavier },
  sigmoid: { layer: sigmoid, initializer: xavier },
  identity: { layer: identity, initializer: xavier },
}

const names = Object.keys(activations) as [ActivationName, ...ActivationName[]]

export const activationSchema: z.ZodType<ActivationOption, ActivationOption> = z.union(
  [z.enum(names), pluginSchema<Layer>('layer')],
  { error: `a layer or one of ${names.join(', ')}` },
)

/** The layer behind the option. */
export function activationLayer(option: ActivationOption): Layer {
  return typeof option === 'string' ? activations[option].layer() : option
}

/** The initializer that keeps a signal's variance through the activation; He's for a layer of which nothing is known. */
export function initializerFor(option: ActivationOption): Initializer {
  const name = isPlugin(option) ? option.name : option
  return Object.hasOwn(activations, name) ? activations[name as ActivationName].initializer() : heNormal()
}
