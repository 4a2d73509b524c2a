// What the weights of a whole network have in common: first numbers, penalty and constraint of every kernel.

import { type Constraint, type Initializer, pluginSchema, type Regularizer } from '@gradwerk/core'
import { z } from 'zod'

export interface NetworkWeightOptions {
  /**
   * First numbers of every kernel. Default: He's where the activation cuts off one half, Xavier's for tanh, sigmoid and identity, LeCun's for SELU.
   */
  readonly initializer?: Initializer | undefined
  /** Penalty of every kernel. Default none. */
  readonly regularizer?: Regularizer | undefined
  /** Set that every kernel stays in. Default none. */
  readonly constraint?: Constraint | undefined
}

export const networkWeightRows: {
  readonly initializer: z.ZodOptional<z.ZodType<Initializer, Initializer>>
  readonly regularizer: z.ZodOptional<z.ZodType<Regularizer, Regularizer>>
  readonly constraint: z.ZodOptional<z.ZodType<Constraint, Constraint>>
} = {
  initializer: pluginSchema<Initializer>('initializer')
    .optional()
    .meta({ description: 'first numbers of every kernel; by the activation unless given' }),
  regularizer: pluginSchema<Regularizer>('regularizer').optional().meta({ description: 'penalty of every kernel' }),
  constraint: pluginSchema<Constraint>('constraint').optional().meta({ description: 'set that every kernel stays in' }),
}

/** The number of outputs of a network. */
export const outputsSchema: z.ZodDefault<z.ZodNumber> = z
  .int()
  .positive()
  .default(10)
  .meta({ description: 'number of outputs: logits' })
