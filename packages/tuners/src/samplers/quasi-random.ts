// Quasi-random search: Sobol's sequence.

import { parseOptions, type Sampler, type SearchSpace, type SuggestCall } from '@gradwerk/core'
import { z } from 'zod'
import { drawUniform, fromUnit } from '../space/unit.ts'
import { owenScramble, sobol, sobolDimensions } from './sobol/sobol.ts'

const schema = z.strictObject({})

/** The axis of each parameter: in the order in which the study met them, so that an axis stays when further parameters come. */
function axes({ study, trial, space }: SuggestCall): Map<string, number> {
  const met: readonly SearchSpace[] = [
    ...study.trials.map(({ distributions }) => distributions),
    trial.distributions,
    space,
  ]
  return new Map([...new Set(met.flatMap(Object.keys))].map((name, axis) => [name, axis]))
}

/**
 * Quasi-random search: trial n gets point n of Sobol's sequence, under Owen's scrambling, which follows from the study's seed. Like random search it
 * learns nothing and every point is uniform on its own, but n trials cover the space, and each of its axes, more evenly.
 *
 * The axes of the sequence go to parameters in the order in which the study meets them. There are 64; further parameters are drawn
 * at random. A category takes an equal part of its axis, a whole number or a step as well.
 *
 * The evenness is that of the trials that use it: trials with enqueued parameters, and conditional parameters that are not asked for, leave holes.
 *
 * @example
 * ```ts
 * const study = createStudy({ sampler: quasiRandom(), seed: 1 })
 * ```
 *
 * Sobol 1967; directions of Joe & Kuo 2008; Owen 1995, "Randomly permuted (t, m, s)-nets and (t, s)-sequences".
 */
export function quasiRandom(options: Record<string, never> = {}): Sampler {
  return {
    kind: 'sampler',
    name: 'quasiRandom',
    options: parseOptions('quasiRandom', schema, options),
    suggest(call) {
      const { space, trial, random, studyRandom } = call
      const axisOf = axes(call)
      const unit = (axis: number): number => {
        const coordinate = sobol(trial.number, axis)
        const coins = studyRandom?.child(`sobol:${axis}`)
        return (
          ((coins === undefined ? coordinate : owenScramble(coordinate, [coins.word(), coins.word()])) + 0.5) / 2 ** 32
        )
      }
      return Object.fromEntries(
        Object.entries(space).map(([name, distribution]) => {
          const axis = axisOf.get(name) as number
          if (axis >= sobolDimensions) return [name, drawUniform(distribution, random.child(name))]
          if (distribution.type !== 'categorical') return [name, fromUnit(distribution, unit(axis))]
          return [name, distribution.choices[Math.floor(unit(axis) * distribution.choices.length)]]
        }),
      )
    },
  }
}
