// Decoupled weight decay (Loshchilov & Hutter 2019): what a step takes away of a parameter besides its update.

import {
  hyperparameterSchema,
  type ParameterInfo,
  type ParameterRole,
  type Schedule,
  type Scope,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { chooser, namesSchema, rolesSchema } from './options.ts'

export interface WeightDecayOptions {
  /** Part of a parameter that a step of learning rate 1 takes away, ≥ 0; a number or a schedule. */
  readonly weightDecay?: number | Schedule
  /** The roles of the parameters that decay. Default 'all', as in PyTorch; `['kernel']` spares biases and normalization. */
  readonly decayRoles?: 'all' | readonly ParameterRole[]
  /** Regular expressions; of the parameters with such a role, those whose name one of them matches decay. Default: all names. */
  readonly decayNames?: readonly string[] | undefined
}

interface WeightDecayShape {
  readonly weightDecay: z.ZodDefault<ReturnType<typeof hyperparameterSchema<z.ZodNumber>>>
  readonly decayRoles: z.ZodDefault<typeof rolesSchema>
  readonly decayNames: z.ZodOptional<typeof namesSchema>
}

/** The schemas of those options. */
export function weightDecayShape(fallback: number): WeightDecayShape {
  return {
    weightDecay: hyperparameterSchema(z.number().nonnegative())
      .default(fallback)
      .meta({
        description: 'Part of a parameter that a step of learning rate 1 takes away; a number ≥ 0 or a schedule.',
        search: { type: 'float', low: 1e-4, high: 1, log: true },
      }),
    decayRoles: rolesSchema.default('all').meta({ description: "The roles of the parameters that decay, or 'all'." }),
    decayNames: namesSchema
      .optional()
      .meta({ description: 'Regular expressions for the names of the parameters that decay.' }),
  }
}

interface ParsedWeightDecay {
  readonly weightDecay: number | Schedule
  readonly decayRoles: 'all' | readonly ParameterRole[]
  readonly decayNames?: readonly string[] | undefined
}

/** λ for a parameter, a scalar, where it decays. */
export function decayOf(options: ParsedWeightDecay): (info: ParameterInfo, scope: Scope) => Tensor | undefined {
  const { weightDecay, decayRoles, decayNames } = options
  const decays = chooser(decayRoles, decayNames)
  return (info, scope) => (decays(info) ? scope.hyperparameter('weightDecay', weightDecay) : undefined)
}
