// The option that structured initializers share: what their numbers are multiplied with.

import { z } from 'zod'

export interface GainOptions {
  /** What the numbers are multiplied with, above 0; `recommendedGain` knows values. Default 1. */
  readonly gain?: number
}

export const gainRow: z.ZodDefault<z.ZodNumber> = z
  .number()
  .positive()
  .default(1)
  .meta({
    description: 'what the numbers are multiplied with',
    search: { type: 'float', low: 0.3, high: 3, log: true },
  })
