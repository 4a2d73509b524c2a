// What schedules with a beginning and an end share.

import { z } from 'zod'
import { type Span, spanSchema } from '../span.ts'

/** How far a schedule goes. */
export interface OverOption {
  /** Steps from the first value to the last, or a fraction of the run. Default: the planned length of the run. */
  readonly over?: Span | undefined
}

export const overSchema: z.ZodOptional<z.ZodType<Span, Span>> = spanSchema(
  'Steps from the first value to the last, or a fraction of the run; the planned length of the run by default.',
).optional()

/** A number with a description. */
export function numberOption(description: string): z.ZodNumber {
  return z.number().meta({ description })
}

/** a at 0, b at 1. Exact at both ends. */
export function between(a: number, b: number, part: number): number {
  return part >= 1 ? b : a + (b - a) * part
}

/** As `between`, along half a cosine wave. */
export function alongCosine(a: number, b: number, part: number): number {
  return part >= 1 ? b : b + ((a - b) * (1 + Math.cos(Math.PI * part))) / 2
}
