// Colours, where the terminal has them.

import { styleText } from 'node:util'

export interface Style {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  accent(text: string): string
}

const plain = (text: string) => text

const none: Style = { bold: plain, dim: plain, good: plain, bad: plain, accent: plain }

const coloured: Style = {
  bold: (text) => styleText('bold', text),
  dim: (text) => styleText('dim', text),
  good: (text) => styleText('green', text),
  bad: (text) => styleText('red', text),
  accent: (text) => styleText('cyan', text),
}

/** Colours for a terminal, unless the user has switched them off (no-color.org). */
export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  return stream.isTTY === true && !process.env['NO_COLOR'] ? coloured : none
}
