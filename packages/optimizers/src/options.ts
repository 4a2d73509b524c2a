// The options that optimizers share.

import { hyperparameterSchema, type ParameterInfo, type ParameterRole, type Schedule } from '@gradwerk/core'
import { z } from 'zod'

type NumberOrSchedule = ReturnType<typeof hyperparameterSchema<z.ZodNumber>>

/** What every optimizer takes. */
export interface LearningRateOption {
  /** Size of a step, ≥ 0; a number or a schedule. */
  readonly learningRate?: number | Schedule
}

/** The size of a step, and the range that a tuner searches. */
export function learningRateOption(fallback: number, low: number, high: number): z.ZodDefault<NumberOrSchedule> {
  return hyperparameterSchema(z.number().nonnegative())
    .default(fallback)
    .meta({
      description: 'Size of a step; a number ≥ 0 or a schedule.',
      search: { type: 'float', low, high, log: true },
    })
}

/** How much of a running mean stays after each step, in [0, 1). */
export function decayOption(
  fallback: number,
  what: string,
  [low, high]: readonly [number, number],
): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .nonnegative()
    .lt(1)
    .default(fallback)
    .meta({ description: `Decay of ${what}, in [0, 1).`, search: { type: 'float', low, high } })
}

/** A small number that keeps a divisor from 0; `where` says what it is added to. */
export function epsilonOption(fallback: number, where = 'the root, outside of it'): z.ZodDefault<z.ZodNumber> {
  return z
    .number()
    .positive()
    .default(fallback)
    .meta({ description: `Added to ${where}; > 0.` })
}

/** The part of the velocity that stays after each step, in [0, 1); a number or a schedule. */
export function momentumOption(
  fallback: number,
  search?: readonly [low: number, high: number],
): z.ZodDefault<NumberOrSchedule> {
  return hyperparameterSchema(z.number().nonnegative().lt(1))
    .default(fallback)
    .meta({
      description: 'How much of the velocity stays after each step; a number in [0, 1) or a schedule.',
      ...(search && { search: { type: 'float', low: search[0], high: search[1] } }),
    })
}

const roles = z.enum(['kernel', 'bias', 'scale', 'shift', 'embedding'] satisfies ParameterRole[])

/** Parameters with one of some roles. */
export const rolesSchema: z.ZodType<'all' | readonly ParameterRole[], 'all' | readonly ParameterRole[]> = z.union(
  [z.literal('all'), z.array(roles).readonly()],
  { error: `'all', or a list of ${roles.options.join(', ')}` },
)

/** Regular expressions as text, one of which a name has to match. */
export const namesSchema: z.ZodType<readonly string[], readonly string[]> = z
  .array(z.string().refine(isPattern, { error: 'a regular expression' }))
  .readonly()

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== undefined
  } catch {
    return false
  }
}

/** Whether a parameter has one of the roles, and a name that one of the patterns matches. */
export function chooser(
  chosen: 'all' | readonly ParameterRole[],
  names: readonly string[] | undefined,
): (info: Pick<ParameterInfo, 'name' | 'role'>) => boolean {
  const patterns = names?.map((text) => new RegExp(text))
  return ({ role, name }) =>
    (chosen === 'all' || chosen.includes(role)) && (patterns?.some((pattern) => pattern.test(name)) ?? true)
}
