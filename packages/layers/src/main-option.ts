// A factory takes its options, or a plain first value that stands for the main one: `dense(512, { useBias: false })`.

import { isPlugin } from '@gradwerk/core'

/** The options behind both ways of calling a factory. */
export function optionsFrom(main: string, first: unknown, rest: object = {}): unknown {
  const areOptions = typeof first === 'object' && first !== null && !Array.isArray(first) && !isPlugin(first)
  return areOptions ? first : { ...rest, [main]: first }
}
