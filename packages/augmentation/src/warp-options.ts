// The options of all maps of coordinates.

import { hyperparameterSchema, type Schedule } from '@gradwerk/core'
import { z } from 'zod'

export interface FillOption {
  /** The number outside of the image. Default 0. */
  readonly fill?: number
}

export interface AffineOptions extends FillOption {
  /** Largest angle in either direction, in degrees, 0 to 180; a number or a schedule. Default 0. */
  readonly rotation?: number | Schedule
  /** Largest way in each of the four directions, in pixels, ≥ 0; a number or a schedule. Default 0. */
  readonly shift?: number | Schedule
  /** Largest change of the size, as a share of it, in [0, 1); a number or a schedule. Default 0. */
  readonly scale?: number | Schedule
  /** Largest angle by which verticals lean, in degrees, 0 to below 90; a number or a schedule. Default 0. */
  readonly shear?: number | Schedule
}

export interface ElasticOptions extends FillOption {
  /** α, by which smoothed noise becomes a displacement, in pixels, ≥ 0; a number or a schedule. Default 34. */
  readonly alpha?: number | Schedule
  /** σ of the Gaussian that smooths, in pixels, > 0. Default 4. */
  readonly sigma?: number
  /** Fields prepared for each direction, 1 and more; there are (2 · fields)² pairs of them. Default 64. */
  readonly fields?: number
  /** The seed of the fields, a whole number ≥ 0. Default 0. */
  readonly seed?: number
}

/** A number that may be a schedule, with a default. */
type RangeRow = z.ZodDefault<ReturnType<typeof hyperparameterSchema<z.ZodNumber>>>

const angle = z.number().nonnegative()

export const fillRow: { readonly fill: z.ZodDefault<z.ZodNumber> } = {
  fill: z.number().default(0).meta({ description: 'the number outside of the image' }),
}

export const affineRows: Readonly<Record<'rotation' | 'shift' | 'scale' | 'shear', RangeRow>> = {
  rotation: hyperparameterSchema(angle.max(180))
    .default(0)
    .meta({
      description: 'largest angle in either direction, in degrees, 0 to 180; a number or a schedule',
      search: { type: 'float', low: 0, high: 20 },
    }),
  shift: hyperparameterSchema(z.number().nonnegative())
    .default(0)
    .meta({
      description: 'largest way in each of the four directions, in pixels, ≥ 0; a number or a schedule',
      search: { type: 'float', low: 0, high: 4 },
    }),
  scale: hyperparameterSchema(z.number().nonnegative().lt(1))
    .default(0)
    .meta({
      description: 'largest change of the size, as a share of it, in [0, 1); a number or a schedule',
      search: { type: 'float', low: 0, high: 0.3 },
    }),
  shear: hyperparameterSchema(angle.lt(90))
    .default(0)
    .meta({
      description: 'largest angle by which verticals lean, in degrees, 0 to below 90; a number or a schedule',
      search: { type: 'float', low: 0, high: 20 },
    }),
}

export const elasticRows: {
  readonly alpha: RangeRow
  readonly sigma: z.ZodDefault<z.ZodNumber>
  readonly fields: z.ZodDefault<z.ZodInt>
  readonly seed: z.ZodDefault<z.ZodInt>
} = {
  alpha: hyperparameterSchema(z.number().nonnegative())
    .default(34)
    .meta({
      description: 'by what smoothed noise is multiplied to be a displacement, in pixels, ≥ 0; a number or a schedule',
      search: { type: 'float', low: 0, high: 60 },
    }),
  sigma: z
    .number()
    .positive()
    .default(4)
    .meta({
      description: 'σ of the Gaussian that smooths, in pixels, > 0',
      search: { type: 'float', low: 2, high: 8 },
    }),
  fields: z.int().min(1).default(64).meta({ description: 'fields prepared for each direction, 1 and more' }),
  seed: z.int().nonnegative().default(0).meta({ description: 'the seed of the fields' }),
}
