// What a failed check throws.

import { GradwerkError } from '@gradwerk/core'

/** A check that did not hold: the thing under test is wrong. */
export class CheckError extends GradwerkError {
  override readonly name = 'CheckError'
}

/** Throws a CheckError unless the condition holds. */
export function check(
  holds: boolean,
  who: string,
  problem: string,
  facts: { expected?: string; got?: string } = {},
): void {
  if (!holds) throw new CheckError({ who, problem, ...facts })
}
