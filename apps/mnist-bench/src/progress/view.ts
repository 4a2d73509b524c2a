// How progress is shown.

import type { Output } from '../output.ts'
import type { Board, Entry } from './board.ts'
import { liveProgress } from './live.ts'
import { plainProgress } from './plain.ts'

export interface ProgressView {
  /** A trial is over. */
  settled(entry: Entry): void
  /** Something the user should know while it goes on. */
  say(text: string): void
  /** Takes away what is not to stay. */
  end(): void
}

/** Lines that change in a terminal; a line per trial elsewhere. */
export function progressView(board: Board, stream: Output): ProgressView {
  return stream.isTTY === true && !process.env['CI'] ? liveProgress(board, stream) : plainProgress(board, stream)
}
