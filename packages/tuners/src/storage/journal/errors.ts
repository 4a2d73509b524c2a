// What goes wrong with a journal.

import { type ErrorFacts, GradwerkError } from '@gradwerk/core'

/** A journal that cannot be read or written. Where a line is to blame, its number (from 1) and the byte at which it begins. */
export class JournalError extends GradwerkError {
  override readonly name: string = 'JournalError'
  readonly line: number | undefined
  readonly byte: number | undefined
  constructor(facts: ErrorFacts, at?: { readonly line: number; readonly byte: number }) {
    super(facts)
    this.line = at?.line
    this.byte = at?.byte
  }
}
