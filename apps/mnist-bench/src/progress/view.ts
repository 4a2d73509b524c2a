// How progress is shown.

import { createLogUpdate } from 'log-update'
import type { Output } from '../output.ts'
import { type Style, styleFor } from '../style.ts'

/** What progress looks like. */
export interface Look<Entry> {
  /** The lines of a moment in a terminal, at most `height - 1`. */
  drawn(style: Style, height: number, message?: string): string[]
  /** What is said of a trial that is over, where lines cannot be drawn anew. */
  line(entry: Entry): string
}

export interface ProgressView<Entry> {
  /** A trial is over. */
  settled(entry: Entry): void
  /** Something the user should know while it goes on. */
  say(text: string): void
  /** Takes away what is not to stay. */
  end(): void
}

const framesPerSecond = 8

/** Lines that change in a terminal; a line per trial elsewhere. */
export function progressView<Entry>(look: Look<Entry>, stream: Output): ProgressView<Entry> {
  return stream.isTTY === true && !process.env['CI'] ? liveProgress(look, stream) : plainProgress(look, stream)
}

function liveProgress<Entry>(look: Look<Entry>, stream: Output): ProgressView<Entry> {
  const style = styleFor(stream)
  const update = createLogUpdate(stream)
  let message: string | undefined
  const draw = () => update(look.drawn(style, stream.rows ?? 24, message).join('\n'))
  const timer = setInterval(draw, 1000 / framesPerSecond)
  return {
    settled: () => undefined,
    say(text) {
      message = text
      draw()
    },
    end() {
      clearInterval(timer)
      update.clear()
      update.done()
    },
  }
}

function plainProgress<Entry>(look: Look<Entry>, stream: Output): ProgressView<Entry> {
  return {
    settled: (entry) => stream.write(`${look.line(entry)}\n`),
    say: (text) => stream.write(`${text}\n`),
    end: () => undefined,
  }
}
