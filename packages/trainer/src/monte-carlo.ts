// Monte-Carlo prediction: many passes with dropout on, whose spread tells how uncertain a model is.

import {
  type Backend,
  DataError,
  exp,
  fold,
  formatShape,
  keyOf,
  logSoftmax,
  mul,
  neg,
  numbers,
  parseOptions,
  sameShape,
  sum,
  type Tensor,
  type TrainedModel,
  type Value,
  value,
} from '@gradwerk/core'
import { z } from 'zod'
import { backendSchema } from './options.ts'
import { type PassOptions, randomPasses, type Spread } from './random-passes.ts'

export interface MonteCarloOptions {
  readonly backend: Backend
  /** Passes, ≥ 2. Default 30. */
  readonly passes?: number
  /** Decides the masks: a whole number ≥ 0. Default 0. */
  readonly seed?: number
  /** What the inputs are multiplied with first. Default 1. */
  readonly inputScale?: number
}

/** What many random passes say of samples. */
export interface MonteCarloClassification {
  /** Mean of the softmax over the passes [samples, classes, …]. */
  readonly probabilities: Value
  /** Variance of the softmax over the passes [samples, classes, …], unbiased. */
  readonly variance: Value
  /** Entropy of the mean, in nats [samples, …]: all uncertainty. */
  readonly entropy: Value
  /** That entropy less the mean entropy of the passes, in nats [samples, …]: what of the uncertainty is the model's. */
  readonly mutualInformation: Value
}

const schema = z.strictObject({
  backend: backendSchema,
  passes: z.int().min(2).default(30).meta({ description: 'random passes over every sample' }),
  seed: z.int().nonnegative().default(0).meta({ description: 'decides the masks' }),
  inputScale: z.number().default(1).meta({ description: 'what the inputs are multiplied with first' }),
})

function prepared(who: string, model: TrainedModel, inputs: Value, given: MonteCarloOptions): PassOptions {
  const { seed, ...options } = parseOptions(who, schema, given)
  if (inputs.shape[0] === 0 || !sameShape(inputs.shape.slice(1), model.input.shape))
    throw new DataError({
      who,
      problem: 'inputs that the model was not trained for',
      expected: `samples of ${formatShape(model.input.shape)}`,
      got: formatShape(inputs.shape),
    })
  return { who, ...options, key: fold(keyOf(seed), who) }
}

/**
 * Predicts many times with random behaviour on (dropout and its kin) and statistics as learned, and gives mean and variance of the model's
 * outputs: the first two moments of the predictive distribution, without the noise of the targets.
 *
 * Shapes: inputs [samples, …features] as the model was trained on; mean and variance [samples, …outputs], the variance unbiased.
 *
 * Every sample has masks of its own, which follow from the seed and the sample's place. A scheduled drop probability stands where the schedule
 * of a run of one step begins.
 *
 * Gal & Ghahramani, "Dropout as a Bayesian approximation", ICML 2016, section 4.
 *
 * @throws OptionError for an option outside its domain, or a model in which nothing is random; DataError for inputs of another shape
 * @example
 * ```ts
 * const { mean, variance } = await monteCarlo(run.model, prices.inputs, { backend: ort(), passes: 100 })
 * ```
 */
export async function monteCarlo(model: TrainedModel, inputs: Value, options: MonteCarloOptions): Promise<Spread> {
  const who = 'monteCarlo'
  const { outputs } = await randomPasses(model, inputs, (y) => ({ outputs: y }), prepared(who, model, inputs, options))
  return outputs as Spread
}

/**
 * Classifies many times with random behaviour on: mean and variance of the softmax of the model's logits, and what the spread tells of the
 * uncertainty. The entropy `H(p̄)` of the mean p̄ is all of it; the mean entropy of the passes is that of the data, and the difference, the
 * mutual information, that of the model, which falls with more data.
 *
 * Shapes: inputs [samples, …features]; logits [samples, classes, …positions]; entropies [samples, …positions] in nats, between 0 and log classes.
 *
 * Masks as for `monteCarlo`. Gal, Islam & Ghahramani, "Deep Bayesian active learning with image data", ICML 2017, section 3; the mutual information is
 * that of Houlsby et al. 2011 (BALD).
 *
 * @throws OptionError for an option outside its domain, or a model in which nothing is random; DataError for inputs of another shape
 * @example
 * ```ts
 * const { probabilities, mutualInformation } = await monteCarloClassification(run.model, test.inputs, { backend: ort() })
 * ```
 */
export async function monteCarloClassification(
  model: TrainedModel,
  inputs: Value,
  options: MonteCarloOptions,
): Promise<MonteCarloClassification> {
  const passOptions = prepared('monteCarloClassification', model, inputs, options)
  const quantities = (logits: Tensor) => {
    const logs = logSoftmax(logits, 1)
    const probabilities = exp(logs)
    return { probabilities, entropy: neg(sum(mul(probabilities, logs), { axes: [1] })) }
  }
  const found = await randomPasses(model, inputs, quantities, passOptions)
  const { mean: probabilities, variance } = found['probabilities'] as Spread
  const entropy = entropyOf(probabilities)
  const inPasses = numbers((found['entropy'] as Spread).mean)
  // Rounding may leave a little less than 0.
  const mutual = Float32Array.from(numbers(entropy), (h, i) => Math.max(0, h - (inPasses[i] as number)))
  return { probabilities, variance, entropy, mutualInformation: value('float32', entropy.shape, mutual) }
}

/** −Σ p log p along axis 1. */
function entropyOf({ shape, data }: Value): Value {
  const [samples = 0, classes = 0, ...positions] = shape
  const inner = positions.reduce((a, b) => a * b, 1)
  const out = new Float32Array(samples * inner)
  for (let i = 0; i < out.length; i++) {
    const first = Math.floor(i / inner) * classes * inner + (i % inner)
    let total = 0
    for (let c = 0; c < classes; c++) {
      const p = Number(data[first + c * inner])
      if (p > 0) total -= p * Math.log(p)
    }
    out[i] = total
  }
  return value('float32', [samples, ...positions], out)
}
