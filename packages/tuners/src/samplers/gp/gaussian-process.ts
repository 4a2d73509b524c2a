// Bayesian optimisation: a Gaussian process as a model of the objective, and the point where improvement is expected most.

import { parseOptions, type Sampler, type SuggestCall } from '@gradwerk/core'
import { z } from 'zod'
import { quasiRandom } from '../quasi-random.ts'
import { logExpectedImprovement } from './acquisition.ts'
import { type Axis, axisOf, valueAt } from './axis.ts'
import { around, spread } from './candidates.ts'
import { type Landscape, maximize, type Peak } from './maximize.ts'
import { modelOf, placesOf } from './model.ts'
import { outcomesOf } from './outcomes.ts'

export interface GaussianProcessOptions {
  /** Finished trials before the model decides, at least 2. Default 10. */
  readonly startup?: number
}

const schema = z.strictObject({
  startup: z.int().min(2).default(10).meta({ description: 'finished trials before the model decides' }),
})

/** Candidates all over the space, around each of the best trials, and how many of these count as best. */
const candidateCounts = { everywhere: 500, around: 40, best: 5 }

/** An improvement worth less, in standard deviations of the objective, is a last digit. */
const negligible = 1e-4
/** What a trial that looks elsewhere has to improve by. */
const substantial = 1e-2

function bestPeak(call: SuggestCall, axes: readonly Axis[], outcomes: ReturnType<typeof outcomesOf>): Peak {
  const { trial, space } = call
  const random = call.random.child('candidates')
  const { encoding, posterior, conditions, best } = modelOf(axes, outcomes)
  const free = axes.map(({ name }) => Object.hasOwn(space, name))
  const given = placesOf(axes, trial)
  const settle = (places: Float64Array): Float64Array => {
    const settled = places.slice()
    conditions.forEach((condition, a) => {
      if (condition !== undefined && free[a] === true && !condition(settled)) settled[a] = Number.NaN
    })
    return settled
  }
  const candidates = [
    ...spread(axes, candidateCounts.everywhere, random),
    ...around(axes, best.slice(0, candidateCounts.best), candidateCounts.around, random),
  ].map((places) => places.map((place, a) => (free[a] === true ? place : (given[a] as number))))
  const landscape: Landscape = { encoding, free, settle, acquisition: logExpectedImprovement(posterior) }
  const peak = maximize(landscape, candidates)
  // Where the search has converged, every other trial looks for another basin instead of one more digit.
  if (trial.number % 2 === 1 || peak.value > Math.log(negligible * posterior.scale)) return peak
  return maximize(
    { ...landscape, acquisition: logExpectedImprovement(posterior, substantial * posterior.scale) },
    candidates,
  )
}

/**
 * Bayesian optimisation with a Gaussian process. Also exported as `bayesian`.
 *
 * f ~ GP(m, σ² k + noise), k the Matérn 5/2 correlation of r² = Σ (xₚ − x′ₚ)² / ℓₚ², and the next trial is where log E max(0, best − f(x)) is highest.
 *
 * - **Scales**: every parameter in the unit interval of its own scale, with its own length ℓₚ; of categories the kernel sees whether they differ.
 * - **The objective** is modelled on the scale log(1 + (f − best) / c), whose bend c is fitted too: heavy tails and diverged trials do no harm.
 * - **Fit**: lengths, noise and bend by marginal likelihood with weak priors, by gradient, anew for each suggestion. Of more than 150 trials it takes the best 75 and
 *   others evenly; the model itself holds 500 at most.
 * - **Acquisition**: 700 candidates, the best of which climb by gradient and, on whole numbers, steps and categories, by neighbouring values. Once only the last digits
 *   are left to gain, every other trial looks for another basin.
 * - **Conditional parameters**: trials without one lie apart from those with it. When it exists is learnt from trials: a rule on one earlier parameter.
 * - **Running trials** are taken to come out as the model expects, so that parallel suggestions differ.
 * - **Pruned and failed trials** count with their last value, but never as better than the median of complete ones.
 * - **Several directions**: scaled objectives are added up in a Chebyshev sum with weights drawn for each suggestion (ParEGO).
 * - The first `startup` trials, and parameters that no trial has had yet, are quasi-random.
 *
 * Options: `startup` (default 10, at least 2), the number of finished trials before the model decides.
 *
 * @throws OptionError for options that do not exist or lie outside of their range.
 *
 * @example
 * ```ts
 * const study = createStudy({ sampler: gaussianProcess(), seed: 1 })
 * ```
 *
 * Rasmussen & Williams 2006, equations 2.25, 2.26 and 5.8; Snoek, Larochelle & Adams 2012, "Practical Bayesian optimization of machine learning
 * algorithms"; Ament et al. 2023, "Unexpected improvements to expected improvement for Bayesian optimization", section 4.1; Knowles 2006, "ParEGO".
 */
export function gaussianProcess(given: GaussianProcessOptions = {}): Sampler {
  const options = parseOptions('gaussianProcess', schema, given)
  return {
    kind: 'sampler',
    name: 'gaussianProcess',
    options,
    suggest(call) {
      const { study, trial, space, random } = call
      const others = study.trials.filter(({ number }) => number !== trial.number)
      const outcomes = outcomesOf({ ...study, trials: others }, random.child('weights'))
      const known = Object.entries(trial.distributions).filter(([name]) => !Object.hasOwn(space, name))
      // What a trial has already stands first, as parents stand before their children.
      const met = [...known, ...Object.entries(space)].filter(([name]) =>
        outcomes.observed.some(({ trial: { parameters } }) => Object.hasOwn(parameters, name)),
      )
      const distinct = new Set(outcomes.observed.map(({ value }) => value)).size
      const start = quasiRandom().suggest(call)
      const wanted = met.filter(([name]) => Object.hasOwn(space, name))
      if (outcomes.observed.length < options.startup || distinct < 2 || wanted.length === 0) return start
      const axes = met.map(([name, distribution]) => axisOf(name, distribution))
      const { places } = bestPeak(call, axes, outcomes)
      const suggested = axes.map((axis, a) => [axis.name, valueAt(axis, places[a] as number)] as const)
      return { ...start, ...Object.fromEntries(suggested.filter(([name]) => Object.hasOwn(space, name))) }
    },
  }
}

export { gaussianProcess as bayesian }
