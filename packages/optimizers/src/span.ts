// A length of a run, in steps or as a fraction of it.

import { z } from 'zod'

/** A whole number of steps ≥ 1, or a fraction in (0, 1) of the planned length of the run. */
export type Span = number

export function spanSchema(description: string): z.ZodType<Span, Span> {
  return z
    .number()
    .positive()
    .refine((x) => x < 1 || Number.isInteger(x), { error: 'a whole number of steps, or a fraction below 1' })
    .meta({ description })
}

/** The steps of a span in a run of `total` steps, at least 1. */
export function stepsOf(span: Span, total: number): number {
  return span < 1 ? Math.max(1, Math.round(span * total)) : span
}
