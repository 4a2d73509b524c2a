// Progress where lines cannot be drawn anew: one line per trial.

import { decimal, duration, percent, plural } from '../format.ts'
import type { Board, Entry } from './board.ts'
import type { ProgressView } from './view.ts'

export function plainProgress(board: Board, stream: { write(text: string): unknown }): ProgressView {
  return {
    settled: (entry) => stream.write(`${line(board, entry)}\n`),
    say: (text) => stream.write(`${text}\n`),
    end: () => undefined,
  }
}

function line(board: Board, { group, seed, state, figures }: Entry): string {
  const { settled, entries, left } = board
  const place = `[${String(settled).padStart(String(entries.length).length)}/${entries.length}]`
  const rest = left === undefined || settled === entries.length ? '' : `; about ${duration(left)} left`
  if (figures === undefined) return `${place} ${group}, seed ${seed}: ${state}${rest}`
  const { validationAccuracy, generalizationGap, epochs, seconds } = figures
  const seen = `validation ${percent(validationAccuracy)}, gap ${decimal(generalizationGap)}`
  return `${place} ${group}, seed ${seed}: ${seen}, ${plural(epochs, 'epoch')} in ${seconds.toFixed(1)} s${rest}`
}
