// The options that penalties share.

import { hyperparameterSchema, type Schedule } from '@gradwerk/core'
import { z } from 'zod'

/** A strength of a penalty: a number ≥ 0, or a schedule. */
export type Strength = number | Schedule

type StrengthSchema = ReturnType<typeof hyperparameterSchema<z.ZodNumber>>

export function strengthSchema(description: string): StrengthSchema {
  return hyperparameterSchema(z.number().nonnegative()).meta({
    description,
    search: { type: 'float', low: 1e-6, high: 1e-2, log: true },
  })
}

/** How a penalty that is not smooth is minimized. */
export type PenaltyMethod = 'proximal' | 'subgradient'

export const methodSchema: z.ZodDefault<z.ZodEnum<{ proximal: 'proximal'; subgradient: 'subgradient' }>> = z
  .enum(['proximal', 'subgradient'])
  .default('proximal')
  .meta({
    description:
      "'proximal' shrinks the parameter after each update and reaches exact zeros; 'subgradient' adds to the gradient.",
  })
