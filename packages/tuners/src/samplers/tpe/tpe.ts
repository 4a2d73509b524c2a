// The tree-structured Parzen estimator: Bergstra et al. 2011; what its parts do: Watanabe 2023.

import { parseOptions, type RandomStream, type Sampler, type SuggestCall } from '@gradwerk/core'
import { z } from 'zod'
import { otherBranch } from './branch.ts'
import { type Axis, axesOf, pointOf, touches } from './coordinates.ts'
import { type Observation, parzen } from './parzen.ts'
import { fromBestToWorst } from './rank.ts'
import { bestCandidate } from './startup.ts'

const schema = z.strictObject({
  startup: z.int().min(1).default(8).meta({ description: 'finished trials before it begins to learn' }),
  candidates: z.int().min(1).default(24).meta({ description: 'points of which it suggests the most promising' }),
  prior: z
    .number()
    .positive()
    .default(1)
    .meta({ description: 'weight of the flat kernel, in trials: more explores more' }),
})

export interface TpeOptions {
  /** Finished trials before it begins to learn. Default 8. */
  readonly startup?: number
  /** Points of which it suggests the most promising. Default 24. */
  readonly candidates?: number
  /** Weight of the flat kernel, in trials: more explores more. Default 1. */
  readonly prior?: number
}

type Parsed = z.output<typeof schema>

/** How many of n trials are good. */
const goodOf = (n: number): number => Math.ceil(Math.sqrt(n))

/** Standard deviations of the kernels for n trials: wide at first, so that basins are found, then narrow, so that one is descended. */
const bandwidthOf = (n: number, width: number): number => Math.min(1, Math.max(0.005, width * (n / 10) ** -0.6))
const goodWidth = 0.17
const badWidth = 0.15

/** How much of a kernel's probability is spread over all choices, among so many kernels: together, they count as one trial for each choice. */
const spreadOf =
  (kernels: number) =>
  (choices: number): number =>
    choices / (choices + kernels)

/** Finished trials of a branch before anything is learnt from them. */
const fewest = 3

/** Weights of the good trials by rank, 1 on average: log(k + 1) − log(i), as in CMA-ES. */
function rankWeights(count: number): number[] {
  const raw = Array.from({ length: count }, (_, i) => Math.log((count + 1) / (i + 1)))
  const total = raw.reduce((a, b) => a + b, 0)
  return raw.map((weight) => (weight * count) / total)
}

interface Known {
  /** Finished trials, the best one first. */
  readonly finished: readonly (readonly number[])[]
  readonly running: readonly (readonly number[])[]
}

/** The most promising of points drawn from where good trials lie. */
function promising(
  axes: readonly Axis[],
  { finished, running }: Known,
  given: readonly number[],
  random: RandomStream,
  { prior, candidates }: Parsed,
): number[] {
  const good = goodOf(finished.length)
  const weights = rankWeights(good)
  const estimator = (observations: readonly Observation[], width: number) =>
    parzen(axes, observations, {
      prior,
      bandwidth: bandwidthOf(finished.length, width),
      spread: spreadOf(observations.length + 1),
    })
  const below = finished.slice(0, good).map((point, i) => ({ point, weight: weights[i] as number }))
  const above = [...finished.slice(good), ...running].map((point) => ({ point, weight: 1 }))
  const [likely, unlikely] = [estimator(below, goodWidth), estimator(above, badWidth)]
  let best: number[] = []
  let highest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < candidates; i++) {
    const point = likely.sample(given, random)
    const score = likely.logDensity(point) - unlikely.logDensity(point)
    if (i === 0 || score > highest) [highest, best] = [score, point]
  }
  return best
}

function suggestPoint(call: SuggestCall, axes: readonly Axis[], given: readonly number[], options: Parsed): number[] {
  const { study, trial, random } = call
  const others = study.trials.filter(({ number, parameters }) => number !== trial.number && touches(axes, parameters))
  const points = (trials: typeof others) => trials.map(({ parameters }) => pointOf(axes, parameters))
  const finished = points(fromBestToWorst({ ...study, trials: others }))
  const running = points(others.filter(({ state }) => state === 'running'))
  if (finished.length < options.startup) return bestCandidate(axes, [...finished, ...running], given, 2, random)
  const branch = otherBranch(axes, finished, given, random)
  if (branch === undefined) return promising(axes, { finished, running }, given, random, options)
  const inBranch = (point: readonly number[]) => point[branch.axis] === branch.choice
  const known = { finished: finished.filter(inBranch), running: running.filter(inBranch) }
  const within = given.with(branch.axis, branch.choice)
  if (known.finished.length < fewest)
    return bestCandidate(axes, [...known.finished, ...known.running], within, 2, random)
  return promising(axes, known, within, random, options)
}

/**
 * The tree-structured Parzen estimator: it learns where good trials lie, and where the others do, and suggests what is much more like the former.
 *
 * The best ⌈√n⌉ of n finished trials give a density l(x), the others a density g(x). Of `candidates` points drawn from l the one with the largest
 * l(x) / g(x) is suggested, which grows with the expected improvement.
 *
 * - Both densities are mixtures of kernels over **all parameters together**: normal ones, cut to the range, on scaled or logarithmic axes; on whole numbers
 *   and steps the masses of their cells; on categories the trial's choice with a part spread over all. A flat kernel of weight `prior` keeps everything possible.
 * - Good trials count by their rank. No result changes if the objective is transformed monotonically.
 * - Kernels narrow with n, as n^−0.6.
 * - **Conditional parameters**: where a trial has no such parameter its kernel is flat. What a trial has already is taken as given.
 *   Where a choice decides which parameters there are, now and then (half of the first trials, a twelfth at 100) another choice than the best trial's is tried, and learnt
 *   about from its own trials alone.
 * - **Running trials** count among the others (constant liar), so that parallel workers do not crowd.
 * - **Pruned trials** rank behind complete ones: who got further first, then by the last value reported.
 * - **Several directions**: trials are ranked by non-domination, then by crowding distance.
 * - The first `startup` trials are random, but kept apart (the better of two candidates). Failed trials are ignored.
 *
 * Options: `startup` (default 8), `candidates` (default 24), `prior` (default 1, in trials).
 *
 * @throws OptionError for options that do not exist or lie outside of their range.
 *
 * @example
 * ```ts
 * const study = createStudy({ sampler: tpe(), seed: 1 })
 * ```
 *
 * Bergstra, Bardenet, Bengio & Kégl 2011, "Algorithms for hyper-parameter optimization", section 4; Watanabe 2023, "Tree-structured Parzen estimator:
 * understanding its algorithm components and their roles for better empirical performance". The schedule of widths, and weights by
 * rank, are our own.
 */
export function tpe(options: TpeOptions = {}): Sampler {
  const parsed = parseOptions('tpe', schema, options)
  return {
    kind: 'sampler',
    name: 'tpe',
    options: parsed,
    suggest(call) {
      const { space, trial } = call
      const wanted = axesOf(space)
      const known = Object.entries(trial.distributions).filter(([name]) => !Object.hasOwn(space, name))
      const axes = [...wanted, ...axesOf(Object.fromEntries(known))]
      const given = pointOf(axes, trial.parameters).map((x, a) => (a < wanted.length ? Number.NaN : x))
      const point = suggestPoint(call, axes, given, parsed)
      return Object.fromEntries(wanted.map((axis, a) => [axis.name, axis.fromCoordinate(point[a] as number)]))
    },
  }
}
