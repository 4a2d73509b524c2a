// The option that norm constraints share.

import { hyperparameterSchema } from '@gradwerk/core'
import { z } from 'zod'

export type LimitSchema = ReturnType<typeof hyperparameterSchema<z.ZodNumber>>

/** The norm of a unit's weights: above 0, or a schedule. */
export function limitSchema(description: string): LimitSchema {
  return hyperparameterSchema(z.number().positive()).meta({
    description,
    search: { type: 'float', low: 0.5, high: 8, log: true },
  })
}
