// The table that is shown while searches go on: a row for every trial.

import type { EpochRecord } from '@gradwerk/core'
import type { Board, Entry } from '../progress/board.ts'
import { figure } from '../training.ts'
import type { Parameters } from './search.ts'

export interface Row {
  readonly search: string
  /** 'trial 7', or 'seed 3' of the best parameters. */
  readonly what: string
  readonly parameters: Parameters
  /** Its place in the estimates of time. */
  readonly entry: Entry
  /** The last epoch that is over, 0 before there is one, and the validation accuracy then. */
  epoch: number
  accuracy: number | undefined
  diverged: boolean
}

export class Rows {
  readonly board: Board
  /** In the order in which they began. */
  readonly all: Row[] = []

  constructor(board: Board) {
    this.board = board
  }

  /** Takes the next place of a search, or another one where a trial is repeated. */
  begin(search: string, what: string, parameters: Parameters): Row {
    const taken = new Set(this.all.map(({ entry }) => entry))
    const [like] = this.board.entries
    const entry =
      this.board.entries.find((one) => one.group === search && !taken.has(one)) ??
      this.board.add({ group: search, seed: 0, epochs: like?.epochs ?? 1, work: like?.work ?? 1 })
    const row: Row = { search, what, parameters, entry, epoch: 0, accuracy: undefined, diverged: false }
    this.all.push(row)
    return row
  }

  /** The best accuracy that a search's finished trials have shown. */
  best(search: string): number | undefined {
    const own = this.all.filter((row) => row.search === search && row.entry.state === 'finished')
    const accuracies = own.flatMap(({ accuracy, what }) => (what.startsWith('trial') ? (accuracy ?? []) : []))
    return accuracies.length === 0 ? undefined : Math.max(...accuracies)
  }
}

/** Takes over what an epoch brought. */
export function show(row: Row, record: EpochRecord): void {
  row.epoch = record.epoch
  row.accuracy = figure(record.validation ?? {}, 'accuracy')
}
