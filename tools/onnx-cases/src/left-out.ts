// What is said about a case that core does not claim to compute.

import { DTypeError } from '@gradwerk/core'

/** Thrown where a case asks for something outside of what core claims; the message is the reason that is counted. */
export class LeftOut extends Error {
  override readonly name = 'LeftOut'
}

/** Why an error means that a case is outside of what core claims, if it does: the message of LeftOut, or an element type an op refuses. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof LeftOut) return error.message
  if (!(error instanceof DTypeError)) return undefined
  const { who, got = '' } = error.facts
  return `${who} of ${got.replaceAll(/ \[[^\]]*\]/g, '')}`
}
