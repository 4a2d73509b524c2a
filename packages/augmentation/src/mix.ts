// What mixup and cutmix share: every sample with its neighbour in the batch.

import { add, concat, hyperparameterSchema, mul, slice, sub, type Tensor } from '@gradwerk/core'
import { z } from 'zod'
import { over } from './draws.ts'

export const alphaSchema: ReturnType<typeof hyperparameterSchema<z.ZodNumber>> = hyperparameterSchema(
  z.number().positive(),
)

/** The samples behind: the second in place of the first, and the first in place of the last. Batches are in random order already. */
export function partners(x: Tensor): Tensor {
  const batch = x.shape[0] as number
  return concat([slice(x, [{ axis: 0, start: 1, end: batch }]), slice(x, [{ axis: 0, start: 0, end: 1 }])], 0)
}

/** share · x + (1 − share) · partner, with a share [batch, 1] for each sample. */
export function mixed(x: Tensor, share: Tensor): Tensor {
  const broad = over(share, x)
  return add(mul(x, broad), mul(partners(x), sub(1, broad)))
}
