// The short form of a factory call: a plain value in place of the options object stands for the main option.

import { isPlugin } from '@gradwerk/core'

/** `l2(1e-4)` and `l2(cosine(1e-4))` mean `l2({ strength: … })`. */
export function withMainOption(main: string, given: unknown): unknown {
  return typeof given === 'number' || isPlugin(given) ? { [main]: given } : given
}
