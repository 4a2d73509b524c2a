// The option of initializers that treat each group of a convolution on its own.

import { z } from 'zod'

export interface GroupsOptions {
  /** Groups of the convolution that the kernel belongs to, 1 and more. Default: what its layer says. */
  readonly groups?: number | undefined
}

export const groupsRow: z.ZodOptional<z.ZodInt> = z
  .int()
  .positive()
  .optional()
  .meta({ description: 'groups of the convolution that the kernel belongs to; what its layer says unless given' })
