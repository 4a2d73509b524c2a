// The best parameters of a search, trained with other seeds. What is found stays in the study, as one of its attributes.

import { z } from 'zod'
import type { Search } from './search.ts'
import type { TuneFigures } from './trial.ts'

const attribute = 'winner'

/** Figures and failures by seed. */
export interface Winner {
  /** The number of the trial that was best. */
  readonly trial: number
  readonly figures: readonly TuneFigures[]
  readonly failures: readonly { readonly seed: number; readonly problem: string }[]
}

const part = z.number().min(0).max(1)
const schema: z.ZodType<Winner> = z.strictObject({
  trial: z.int().min(0),
  figures: z.array(
    z.strictObject({
      seed: z.int(),
      trainLoss: z.number(),
      validationLoss: z.number(),
      validationAccuracy: part,
      testAccuracy: part.nullable(),
      seconds: z.number().min(0),
    }),
  ),
  failures: z.array(z.strictObject({ seed: z.int(), problem: z.string() })),
})

/** What is known of the best trial of a search so far; undefined before there is one. Figures of a trial that was the best once are left behind. */
export function winnerOf({ study }: Search): Winner | undefined {
  const best = study.best()
  if (best === undefined) return undefined
  const kept = schema.safeParse(study.attributes()[attribute])
  return kept.success && kept.data.trial === best.number ? kept.data : { trial: best.number, figures: [], failures: [] }
}

type Finding = { readonly figures: TuneFigures } | { readonly failure: Winner['failures'][number] }

/** Adds what a seed has shown. */
export function keepWinner(search: Search, found: Finding): void {
  const known = winnerOf(search)
  if (known === undefined) return
  const bySeed = (a: { seed: number }, b: { seed: number }) => a.seed - b.seed
  const figures = 'figures' in found ? [...known.figures, found.figures] : known.figures
  const failures = 'failure' in found ? [...known.failures, found.failure] : known.failures
  search.study.setAttribute(attribute, {
    trial: known.trial,
    figures: figures.toSorted(bySeed).map((one) => ({ ...one })),
    failures: failures.toSorted(bySeed),
  })
}
