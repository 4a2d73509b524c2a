// How long it takes to reach an accuracy: ends a trial at the first epoch that has it.

import type { Callback } from '@gradwerk/core'
import { level } from './format.ts'

export interface TargetFigures {
  /** The validation accuracy that was to be reached. */
  readonly accuracy: number
  /** From the start of the fit, compilation and evaluations included, to the end of the first epoch with that accuracy; null where none had it. */
  readonly seconds: number | null
  /** The part of it before the first training step: compilation and first weights. */
  readonly preparationSeconds: number
}

/** To be made where the fit starts. The callback sees the validation images only. */
export function targetClock(accuracy: number): { readonly callback: Callback; figures(): TargetFigures } {
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  let preparationSeconds = 0
  let seconds: number | null = null
  return {
    callback: {
      kind: 'callback',
      name: 'targetClock',
      options: { accuracy },
      onEpochStart(_, epoch) {
        if (epoch === 1) preparationSeconds = elapsed()
      },
      onEpochEnd(_, { epoch, validation }) {
        if ((validation?.['accuracy'] ?? 0) < accuracy) return undefined
        seconds = elapsed()
        return { stop: `validation accuracy ${level(accuracy)} reached in epoch ${epoch}` }
      },
    },
    figures: () => ({ accuracy, seconds, preparationSeconds }),
  }
}
