// Some parameters held, the others searched.

import {
  type Distribution,
  OptionError,
  parseOptions,
  pluginSchema,
  type Sampler,
  show,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import type { Json } from '../json.ts'
import { contains } from '../space/distribution.ts'

const schema = z.strictObject({
  sampler: pluginSchema<Sampler>('sampler').meta({ description: 'who suggests the other parameters' }),
  values: z.record(z.string(), z.json()).default({}).meta({ description: 'values by parameter' }),
})

export interface PartialFixedOptions {
  /** Who suggests the other parameters. */
  readonly sampler: Sampler
  /** Values by parameter. Default none. */
  readonly values?: Readonly<Record<string, Json>>
}

/**
 * Holds some parameters at given values and leaves the others to another sampler, which sees the held ones as what the trial has already.
 *
 * @throws OptionError when a held value lies outside of the domain that a trial asks for.
 *
 * @example
 * ```ts
 * const study = createStudy({ sampler: partialFixed(tpe(), { optimizer: 'sgd' }) })
 * ```
 */
export function partialFixed(sampler: Sampler, values?: PartialFixedOptions['values']): Sampler
export function partialFixed(options: PartialFixedOptions): Sampler
export function partialFixed(first: Sampler | PartialFixedOptions, values?: PartialFixedOptions['values']): Sampler {
  const options = parseOptions('partialFixed', schema, withMainOption('sampler', first, { values }))
  return {
    kind: 'sampler',
    name: 'partialFixed',
    options,
    suggest(call) {
      const held: Record<string, unknown> = {}
      const domains: Record<string, Distribution> = {}
      const space: Record<string, Distribution> = {}
      for (const [name, distribution] of Object.entries(call.space)) {
        if (!Object.hasOwn(options.values, name)) {
          space[name] = distribution
          continue
        }
        const value = options.values[name]
        if (!contains(distribution, value))
          throw new OptionError({
            who: 'partialFixed',
            problem: `the value of '${name}' is outside its domain`,
            expected: show(distribution),
            got: show(value),
          })
        held[name] = value
        domains[name] = distribution
      }
      if (Object.keys(space).length === 0) return held
      const parameters = { ...call.trial.parameters, ...held }
      const distributions = { ...call.trial.distributions, ...domains }
      const trial = { ...call.trial, parameters, distributions }
      return { ...options.sampler.suggest({ ...call, space, trial }), ...held }
    },
  }
}
