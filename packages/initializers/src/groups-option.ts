// The option of initializers that treat each group of a convolution on its own.

import { z } from 'zod'

export interface GroupsOptions {
  /** Groups of the convolution that the kernel belongs to, 1 and more. Default 1. */
  readonly groups?: number
}

export const groupsRow: z.ZodDefault<z.ZodInt> = z
  .int()
  .positive()
  .default(1)
  .meta({ description: 'groups of the convolution that the kernel belongs to' })
