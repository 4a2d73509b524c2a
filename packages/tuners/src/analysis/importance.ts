// Which parameters matter: functional analysis of variance, Hutter, Hoos & Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance".

import { fold, keyOf, parseOptions, randomStream } from '@gradwerk/core'
import { z } from 'zod'
import { forest, type Leaf } from './forest.ts'
import { marginal, totalVariance, varianceOf } from './marginal.ts'
import { type AnalyzedStudy, type Observed, observe, type Target, targetSchema } from './observed.ts'

const schema = z.strictObject({
  target: targetSchema,
  parameters: z.array(z.string()).min(1).optional().meta({
    description:
      'parameters to look at, which only trials count that have all of them; those that all complete trials have unless given',
  }),
  trees: z.int().min(1).default(64).meta({ description: 'trees of the forest' }),
})

export interface ImportanceOptions {
  /** What the parameters are to explain: the value for one of several directions, or any number made of a trial. Default 0, the first value. */
  readonly target?: Target
  /** Parameters to look at; only trials that have all of them count. Default: those that all complete trials have. */
  readonly parameters?: readonly string[]
  /** Trees of the forest, ≥ 1. Default 64. */
  readonly trees?: number
}

export interface ParameterImportance {
  readonly parameter: string
  /** The share of `variance` in the sum of those of all parameters: 0 to 1, together 1. */
  readonly importance: number
  /** The part of the variance that the parameter explains by itself, 0 to 1. */
  readonly variance: number
}

export interface Interaction {
  readonly parameters: readonly [string, string]
  /** The part of the variance that two parameters explain together, beyond what each explains by itself, 0 to 1. */
  readonly variance: number
}

export interface Importances {
  /** Parameters by importance, the most important one first. */
  readonly parameters: readonly ParameterImportance[]
  /** Pairs of parameters by variance, the largest first. */
  readonly interactions: readonly Interaction[]
}

interface Forest {
  /** Trees that predict how far above the lowest observed value one lies, in units near the range of them: squares of that neither cancel nor overflow. */
  readonly trees: Leaf[][]
  /** The value that a prediction stands for. */
  valueOf(prediction: number): number
}

/** The trees that a study's analyses share. */
export function forestOf({ seed }: AnalyzedStudy, { axes, observations }: Observed, count: number): Forest {
  const low = observations.reduce((least, { value }) => Math.min(least, value), Infinity)
  const high = observations.reduce((most, { value }) => Math.max(most, value), -Infinity)
  // By halves, since the range of finite values may be none; by a power of two, which rounds nothing.
  const unit = 2 ** Math.floor(Math.log2(high / 2 - low / 2)) || 1
  const samples = observations.map(({ point, value }) => ({ point, value: (value / 2 - low / 2) / unit }))
  return {
    trees: forest(axes, samples, count, randomStream(fold(keyOf(seed), 'forest'))),
    valueOf: (prediction) => 2 * (low / 2 + unit * prediction),
  }
}

/** The parts of a tree's variance: of each axis, and of each pair beyond its axes. */
function partsOf(leaves: readonly Leaf[], axes: number, pairs: readonly Pair[]): { main: number[]; joint: number[] } {
  const total = totalVariance(leaves)
  const main = Array.from({ length: axes }, (_, axis) => varianceOf(marginal(leaves, axis)) / total)
  const joint = pairs.map(
    ([i, j]) => varianceOf(marginal(leaves, i, j)) / total - (main[i] as number) - (main[j] as number),
  )
  return { main, joint }
}

type Pair = readonly [number, number]

const meanOf = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : numbers.reduce((a, b) => a + b, 0) / numbers.length

/**
 * The importance of parameters (fANOVA): a random forest predicts the objective, and its variance over the whole space is divided into parts.
 *
 * With f the prediction and V = Var f(θ) for θ uniform in the space (logarithmic where the parameter is), a parameter explains Var fᵢ / V by itself, where
 * fᵢ(θᵢ) = E[f | θᵢ], and two explain Var(fᵢⱼ − fᵢ − fⱼ) / V together. Means over the trees of the forest; each is grown to the end from a bootstrap sample.
 *
 * The whole space counts, not the neighbourhood of the best trial, and samplers that search there tell less about the rest: some random trials help. Where
 * a few values are far from all others, the logarithm may say more: `target: ({ values }) => Math.log(values[0])`.
 *
 * Options: `target` (default 0), `parameters` (default: those in common), `trees` (default 64).
 *
 * @throws StudyError for fewer than two complete trials, or none with these parameters; OptionError for other options.
 *
 * @example
 * ```ts
 * const { parameters, interactions } = parameterImportances(study)
 * console.table(parameters) // [{ parameter: 'learningRate', importance: 0.71, variance: 0.6 }, …]
 * ```
 *
 * Hutter, Hoos & Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance", algorithm 2.
 */
export function parameterImportances(study: AnalyzedStudy, options: ImportanceOptions = {}): Importances {
  const { target, parameters, trees: count } = parseOptions('parameterImportances', schema, options)
  const observed = observe(study, target, parameters)
  const { trees } = forestOf(study, observed, count)
  const names = observed.axes.map(({ name }) => name)
  const pairs = names.flatMap((_, i) => names.slice(i + 1).map((_, k): Pair => [i, i + 1 + k]))
  const parts = trees
    .filter((leaves) => totalVariance(leaves) > 0)
    .map((leaves) => partsOf(leaves, names.length, pairs))
  const mains = names.map((_, axis) => meanOf(parts.map(({ main }) => main[axis] as number)))
  const joints = pairs.map((_, pair) => meanOf(parts.map(({ joint }) => joint[pair] as number)))
  const total = mains.reduce((a, b) => a + b, 0)
  const byVariance = (a: { readonly variance: number }, b: { readonly variance: number }) => b.variance - a.variance
  return {
    parameters: names
      .map((parameter, axis) => {
        const variance = mains[axis] as number
        return { parameter, importance: total > 0 ? variance / total : 0, variance }
      })
      .toSorted(byVariance),
    interactions: pairs
      .map(([i, j], pair) => ({
        parameters: [names[i], names[j]] as [string, string],
        variance: Math.max(0, joints[pair] as number),
      }))
      .toSorted(byVariance),
  }
}
