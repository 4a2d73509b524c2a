// Progress where lines cannot be drawn anew: one line per trial.

import { decimal, duration, percent, plural } from '../format.ts'
import type { Board, Entry } from './board.ts'

/** [3/12]; about 0:42 left */
export function placeOf({ settled, entries, left }: Board): { readonly place: string; readonly rest: string } {
  return {
    place: `[${String(settled).padStart(String(entries.length).length)}/${entries.length}]`,
    rest: left === undefined || settled === entries.length ? '' : `; about ${duration(left)} left`,
  }
}

export function line(board: Board, { group, seed, state, figures }: Entry): string {
  const { place, rest } = placeOf(board)
  if (figures === undefined) return `${place} ${group}, seed ${seed}: ${state}${rest}`
  const { validationAccuracy, generalizationGap, epochs, seconds } = figures
  const seen = `validation ${percent(validationAccuracy)}, gap ${decimal(generalizationGap)}`
  return `${place} ${group}, seed ${seed}: ${seen}, ${plural(epochs, 'epoch')} in ${seconds.toFixed(1)} s${rest}`
}
