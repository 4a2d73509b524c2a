// The short form of a factory call: a plain value in place of the options object stands for the main option.

import { isPlugin } from '@gradwerk/core'

/** `sgd(0.1)` and `sgd(cosine(0.1))` mean `sgd({ learningRate: … })`. */
export function withMainOption(main: string, given: unknown): unknown {
  return typeof given === 'number' || isPlugin(given) ? { [main]: given } : given
}
