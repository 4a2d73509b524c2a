// How much training a trial took.

import type { StudyTrial } from '@gradwerk/tuners'
import { z } from 'zod'

/** The attribute of a trial whose loss was not finite any more. */
export const divergence = 'diverged'

interface Divergence {
  /** In which the loss was not finite any more. */
  readonly epoch: number
  readonly problem: string
}

const schema: z.ZodType<Divergence> = z.object({ epoch: z.int().min(1), problem: z.string() })

/** Where and how a trial diverged; undefined where it did not. */
export function divergenceOf({ attributes }: StudyTrial): Divergence | undefined {
  return schema.safeParse(attributes[divergence]).data
}

/** Epochs trained: those reported, and the one in which it diverged. */
export function epochsOf(trial: StudyTrial): number {
  return divergenceOf(trial)?.epoch ?? trial.intermediate.size
}
