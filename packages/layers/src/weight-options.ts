// What dense and convolution layers have in common: a kernel and a bias, and everything that can be said about the two.

import {
  type Constraint,
  type Initializer,
  type LayerContext,
  type ParameterSpec,
  type Parametrization,
  pluginSchema,
  type Regularizer,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { uniformFanIn, zeroBias } from './default-initializer.ts'

export interface WeightOptions {
  /** First numbers of the kernel. Default `uniformFanIn()`, PyTorch's. */
  readonly initializer?: Initializer
  /** First numbers of the bias. Default zeros (PyTorch: uniform, as the kernel). */
  readonly biasInitializer?: Initializer | undefined
  /** Whether a bias is added. Default true. */
  readonly useBias?: boolean
  /** Penalty of the kernel. Default none. */
  readonly regularizer?: Regularizer | undefined
  /** Penalty of the bias. Default none. */
  readonly biasRegularizer?: Regularizer | undefined
  /** Set that the kernel stays in. Default none. */
  readonly constraint?: Constraint | undefined
  /** Replaces the kernel by an expression of other parameters (weight norm, spectral norm). Default none. */
  readonly parametrization?: Parametrization | undefined
}

const regularizer = pluginSchema<Regularizer>('regularizer').optional()

/** What a layer with weights puts into its schema. */
export const weightRows: {
  readonly initializer: z.ZodDefault<z.ZodType<Initializer, Initializer>>
  readonly biasInitializer: z.ZodOptional<z.ZodType<Initializer, Initializer>>
  readonly useBias: z.ZodDefault<z.ZodBoolean>
  readonly regularizer: z.ZodOptional<z.ZodType<Regularizer, Regularizer>>
  readonly biasRegularizer: z.ZodOptional<z.ZodType<Regularizer, Regularizer>>
  readonly constraint: z.ZodOptional<z.ZodType<Constraint, Constraint>>
  readonly parametrization: z.ZodOptional<z.ZodType<Parametrization, Parametrization>>
} = {
  initializer: pluginSchema<Initializer>('initializer')
    .default(() => uniformFanIn())
    .meta({ description: 'first numbers of the kernel' }),
  biasInitializer: pluginSchema<Initializer>('initializer')
    .optional()
    .meta({ description: 'first numbers of the bias; zeros unless given' }),
  useBias: z.boolean().default(true).meta({ description: 'whether a bias is added' }),
  regularizer: regularizer.meta({ description: 'penalty of the kernel' }),
  biasRegularizer: regularizer.meta({ description: 'penalty of the bias' }),
  constraint: pluginSchema<Constraint>('constraint').optional().meta({ description: 'set that the kernel stays in' }),
  parametrization: pluginSchema<Parametrization>('parametrization')
    .optional()
    .meta({ description: 'expression of other parameters that replaces the kernel' }),
}

/** The number of output channels of a convolution. */
export const filtersSchema: z.ZodNumber = z
  .int()
  .positive()
  .meta({ description: 'number of output channels', search: { type: 'int', low: 8, high: 128, log: true } })

type KernelPlace = Pick<ParameterSpec, 'shape' | 'inputAxes' | 'outputAxes' | 'groups'>

/** Declares the kernel. */
export function kernelOf(
  context: LayerContext,
  place: KernelPlace,
  options: Required<Pick<WeightOptions, 'initializer'>> & WeightOptions,
): Tensor {
  const { initializer, regularizer, constraint, parametrization } = options
  return context.parameter('kernel', {
    ...place,
    role: 'kernel',
    initializer,
    regularizer,
    constraint,
    parametrization,
  })
}

/** Declares the bias [outputs]; undefined where the layer has none. */
export function biasOf(context: LayerContext, outputs: number, options: WeightOptions): Tensor | undefined {
  if (options.useBias === false) return undefined
  return context.parameter('bias', {
    shape: [outputs],
    role: 'bias',
    inputAxes: [],
    outputAxes: [0],
    initializer: options.biasInitializer ?? zeroBias,
    regularizer: options.biasRegularizer,
  })
}
