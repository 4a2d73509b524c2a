// How much a nonlinearity shrinks a signal, undone by the standard deviation of the weights before it.

import { OptionError, show } from '@gradwerk/core'

/** The nonlinearities whose gain is known. */
export type Nonlinearity = 'linear' | 'relu' | 'leakyRelu' | 'tanh' | 'selu' | 'sigmoid'

const gains: Readonly<Record<Nonlinearity, (negativeSlope: number) => number>> = {
  linear: () => 1,
  sigmoid: () => 1,
  relu: () => Math.SQRT2,
  leakyRelu: (negativeSlope) => Math.sqrt(2 / (1 + negativeSlope ** 2)),
  tanh: () => 5 / 3,
  selu: () => 3 / 4,
}

/**
 * The gain that PyTorch recommends before a nonlinearity: 1 for linear and sigmoid, √2 for ReLU, √(2 / (1 + slope²)) for leaky ReLU, 5/3 for
 * tanh, 3/4 for SELU.
 *
 * @param negativeSlope of the leaky ReLU; default 0.01
 * @throws OptionError for another nonlinearity
 * @example
 * ```ts
 * xavierUniform({ gain: recommendedGain('tanh') })
 * ```
 */
export function recommendedGain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
  if (Object.hasOwn(gains, nonlinearity)) return gains[nonlinearity](negativeSlope)
  throw new OptionError({
    who: 'recommendedGain',
    problem: 'there is no known gain',
    expected: `one of ${Object.keys(gains).join(', ')}`,
    got: show(nonlinearity),
  })
}
