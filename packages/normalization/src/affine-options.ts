// What normalization layers have in common: a learned scale and shift, and everything that can be said about the two.

import {
  constant,
  filled,
  type Initializer,
  type LayerContext,
  pluginSchema,
  type Shape,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { everywhere } from './default-initializer.ts'

export interface ScaleOptions {
  /** Whether a scale is learned. Default true, in `instanceNorm` false. */
  readonly useScale?: boolean
  /** First numbers of the scale. Default ones. */
  readonly scaleInitializer?: Initializer | undefined
}

export interface AffineOptions extends ScaleOptions {
  /** Whether a shift is learned. Default true, in `instanceNorm` false. */
  readonly useShift?: boolean
  /** First numbers of the shift. Default zeros. */
  readonly shiftInitializer?: Initializer | undefined
}

const initializer = pluginSchema<Initializer>('initializer').optional()

type Flag = z.ZodDefault<z.ZodBoolean>
type OptionalInitializer = z.ZodOptional<z.ZodType<Initializer, Initializer>>

/** What a layer with a scale puts into its schema. */
export function scaleRows(learned = true): { readonly useScale: Flag; readonly scaleInitializer: OptionalInitializer } {
  return {
    useScale: z.boolean().default(learned).meta({ description: 'whether a scale is learned' }),
    scaleInitializer: initializer.meta({ description: 'first numbers of the scale; ones unless given' }),
  }
}

/** What a layer with a shift puts into its schema. */
export function shiftRows(learned = true): { readonly useShift: Flag; readonly shiftInitializer: OptionalInitializer } {
  return {
    useShift: z.boolean().default(learned).meta({ description: 'whether a shift is learned' }),
    shiftInitializer: initializer.meta({ description: 'first numbers of the shift; zeros unless given' }),
  }
}

/** The row of ε. */
export function epsilonRow(number: number, what = 'added to the variance'): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .positive()
    .default(number)
    .meta({ description: what, search: { type: 'float', low: 1e-6, high: 1e-2, log: true } })
}

/** Declares the scale of a shape, or gives ones. */
export function scaleOf(context: LayerContext, shape: Shape, { useScale, scaleInitializer }: ScaleOptions): Tensor {
  if (useScale === false) return constant(filled('float32', shape, 1))
  const initializer = scaleInitializer ?? everywhere(1)
  return context.parameter('scale', { shape, role: 'scale', initializer, outputAxes: everyAxis(shape), inputAxes: [] })
}

/** Declares the shift of a shape, or gives zeros. */
export function shiftOf(context: LayerContext, shape: Shape, { useShift, shiftInitializer }: AffineOptions): Tensor {
  if (useShift === false) return constant(filled('float32', shape, 0))
  const initializer = shiftInitializer ?? everywhere(0)
  return context.parameter('shift', { shape, role: 'shift', initializer, outputAxes: everyAxis(shape), inputAxes: [] })
}

function everyAxis(shape: Shape): number[] {
  return shape.map((_, axis) => axis)
}
