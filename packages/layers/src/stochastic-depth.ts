// Stochastic depth: Huang, Sun, Liu, Sedra & Weinberger 2016.

import {
  bernoulli,
  cast,
  type Hyperparameter,
  hyperparameterSchema,
  type Layer,
  type LayerContext,
  mul,
  parseOptions,
  type Schedule,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { addShortcut, applyBranch, type Branch, residualRows } from './branch.ts'

const schema = z.strictObject({
  ...residualRows,
  survival: hyperparameterSchema(z.number().positive().max(1))
    .default(0.5)
    .meta({
      description: 'probability that the branch is there in a training step',
      search: { type: 'float', low: 0.2, high: 1 },
    }),
  per: z
    .enum(['sample', 'batch'])
    .default('sample')
    .meta({
      description: 'whether each sample or each batch decides',
      search: { type: 'categorical', choices: ['sample', 'batch'] },
    }),
})

export interface StochasticDepthOptions {
  /** What is added to the input: a layer, or several one after another. */
  readonly branch: Branch
  /** Applied to the input before the sum; needed where the branch changes the shape. Default: the input as it is. */
  readonly shortcut?: Layer | undefined
  /** Probability that the branch is there in a training step, above 0 to 1; a number or a schedule. Default 0.5. */
  readonly survival?: number | Schedule
  /** Whether each sample decides for itself (default), or each batch at once, as in the paper. */
  readonly per?: 'sample' | 'batch'
}

/** Masks decide by 16 bits, so probabilities are multiples of this. */
const resolution = 2 ** -16

/** A function of a hyper-parameter. Made once in the factory: a scope tells hyper-parameters apart by their value. */
function derived(from: Hyperparameter, f: (value: number) => number): Hyperparameter {
  return typeof from === 'number' ? f(from) : { at: (step, total) => f(from.at(step, total)) }
}

/**
 * A residual connection whose branch is left out at random while training: y = shortcut(x) + mask / survival · f(x), with a mask of 0 or
 * 1 that is drawn anew for every step and every sample (or batch). In evaluation it is `residual`: y = shortcut(x) + f(x).
 *
 * The scale is inverted, as everywhere here: what survives is divided by its probability in training, so that the expected output is that of
 * evaluation. The paper multiplies by the probability in evaluation instead (equation 5). The probability is rounded to a multiple of 2⁻¹⁶, and
 * the scale with it. The branch is computed even where it is dropped: this regularizes, and saves no time.
 *
 * Shapes: x [batch, …], static while training; y has the shape of f(x), which must be that of shortcut(x).
 *
 * Huang et al. 2016, “Deep networks with stochastic depth”, equation 2. Their survival falls linearly with depth, equation 4:
 * p_l = 1 − l / L · (1 − p_L).
 *
 * @param first the branch, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for two shapes that differ
 * @example
 * ```ts
 * stochasticDepth([batchNorm(), relu(), conv2d(16, { size: 3, padding: 'same' })], { survival: 0.8 })
 * ```
 */
export function stochasticDepth(
  first: Branch | StochasticDepthOptions,
  rest?: Omit<StochasticDepthOptions, 'branch'>,
): Layer {
  const options = parseOptions('stochasticDepth', schema, withMainOption('branch', first, rest))
  const { branch, shortcut, per } = options
  const survival = derived(options.survival, (p) => Math.max(1, Math.round(p / resolution)) * resolution)
  const scale = derived(survival, (p) => 1 / p)
  const surviving = (y: Tensor, context: LayerContext): Tensor => {
    const decisions = y.shape.map((length, axis) => (axis === 0 && per === 'sample' ? length : 1))
    const mask = bernoulli(context.key(), context.hyperparameter('survival', survival), decisions)
    return mul(y, mul(cast(mask, y.dtype), context.hyperparameter('scale', scale)))
  }
  return {
    kind: 'layer',
    name: 'stochasticDepth',
    options,
    apply(x, context) {
      const y = applyBranch(context, branch, x)
      const kept = context.stochastic && survival !== 1 ? surviving(y, context) : y
      return addShortcut('stochasticDepth', context, shortcut, x, kept)
    },
  }
}
