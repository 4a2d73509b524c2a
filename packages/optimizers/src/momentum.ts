// Named presets of stochastic gradient descent with momentum.

import { isPlugin, type Optimizer, type Schedule } from '@gradwerk/core'
import { type SgdOptions, sgd } from './sgd.ts'

export type MomentumOptions = Omit<SgdOptions, 'nesterov'>

function preset(given: number | Schedule | MomentumOptions, nesterov: boolean): Optimizer {
  const options = typeof given === 'number' || isPlugin(given) ? { learningRate: given } : given
  return sgd({ momentum: 0.9, ...options, nesterov })
}

/**
 * `sgd` with heavy-ball momentum, 0.9 by default: `v ← μ v + g`, `p ← p − lr · v`. What it returns is named `sgd`.
 *
 * ```ts
 * momentum(0.05)
 * momentum({ learningRate: cosine(0.05), momentum: 0.95 })
 * ```
 *
 * Polyak 1964. Options, shapes and errors as for `sgd`.
 */
export function momentum(given: number | Schedule | MomentumOptions = {}): Optimizer {
  return preset(given, false)
}

/**
 * `sgd` with Nesterov's momentum, 0.9 by default: `v ← μ v + g`, `p ← p − lr · (g + μ v)`. What it returns is named `sgd`.
 *
 * ```ts
 * nesterov(0.05)
 * ```
 *
 * Nesterov 1983, in the form of Sutskever et al. 2013. Options, shapes and errors as for `sgd`.
 */
export function nesterov(given: number | Schedule | MomentumOptions = {}): Optimizer {
  return preset(given, true)
}
