// A search space from the plugins of a model: every option that names a search range becomes a parameter.

import {
  type Distribution,
  isPlugin,
  OptionError,
  optionFacts,
  type Plugin,
  type Registry,
  revive,
  type SearchSpace,
} from '@gradwerk/core'
import { checkDistribution } from './distribution.ts'

/** Plugins by the name under which their parameters appear: `{ model, optimizer }`. */
export type Tunables = Readonly<Record<string, Plugin | readonly Plugin[]>>

export interface TunableSpace<T extends Tunables> {
  /** Domains by path: `optimizer.learningRate`, `model.layers.3.dropProbability`. */
  readonly space: SearchSpace
  /** The plugins with other options: parameters by path; paths that the plugins do not have are left alone. */
  configure(parameters: Readonly<Record<string, unknown>>): T
}

/** Calls `visit` for every plugin at a path and within its options. */
function walk(at: string, value: unknown, visit: (path: string, plugin: Plugin) => void): void {
  if (isPlugin(value)) {
    visit(at, value)
    walk(at, value.options, visit)
  } else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) walk(at === '' ? key : `${at}.${key}`, item, visit)
}

function rangesOf(tunables: Tunables): Record<string, Distribution> {
  const found: Record<string, Distribution> = {}
  walk('', tunables, (path, plugin) => {
    for (const { name, search } of optionFacts(plugin)) {
      const value = plugin.options[name]
      // A schedule has options of its own; an option that is not given has nothing to vary.
      if (search !== undefined && value !== undefined && !isPlugin(value)) found[`${path}.${name}`] = search
    }
  })
  return found
}

/** The options of plugins as plain JSON, with some of them replaced. */
function replaced(at: string, value: unknown, parameters: Readonly<Record<string, unknown>>): unknown {
  if (Object.hasOwn(parameters, at)) return parameters[at]
  if (Array.isArray(value)) return value.map((item, i) => replaced(`${at}.${i}`, item, parameters))
  if (typeof value !== 'object' || value === null) return value
  if (isPlugin(value)) {
    const { kind, name, options } = value
    return { kind, name, options: replaced(at, options, parameters) }
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaced(at === '' ? key : `${at}.${key}`, item, parameters)]),
  )
}

/**
 * The search space of plugins: each option whose schema names a search range becomes a parameter, called by its path: the units of an output
 * layer as well, which want an override of `false`.
 *
 * @param tunables plugins by name: `{ model, optimizer }`
 * @param registries namespaces with the factories of all of them, to make them anew: `[layers, regularizers, optimizers]`
 * @param overrides other domains by path; `false` leaves an option as it is
 * @throws OptionError for a path that no plugin has, or a domain that is not sound
 * @example
 * ```ts
 * const { space, configure } = tunableSpace({ optimizer: adam(1e-3) }, [optimizers], { 'optimizer.beta1': false })
 * const study = createStudy({ space: defineSpace({ ...space, batchSize: categorical([32, 64, 128]) }) })
 * study.optimize((parameters) => train(configure(parameters).optimizer, parameters.batchSize), { trials: 50 })
 * ```
 */
export function tunableSpace<T extends Tunables>(
  tunables: T,
  registries: readonly Registry[],
  overrides: Readonly<Record<string, Distribution | false>> = {},
): TunableSpace<T> {
  const ranges = rangesOf(tunables)
  const options = new Set<string>()
  walk('', tunables, (path, plugin) => {
    for (const name of Object.keys(plugin.options)) options.add(`${path}.${name}`)
  })
  for (const path of Object.keys(overrides))
    if (!options.has(path))
      throw new OptionError({
        who: 'tunableSpace',
        problem: `there is no option '${path}'`,
        expected: `one of ${[...options].join(', ')}`,
      })
  const chosen = Object.entries({ ...ranges, ...overrides }).flatMap(([path, domain]) =>
    domain === false ? [] : [[path, checkDistribution(path, domain)] as const],
  )
  const space = Object.fromEntries(chosen)
  return {
    space,
    configure(parameters) {
      const own = Object.fromEntries(Object.entries(parameters).filter(([path]) => Object.hasOwn(space, path)))
      return revive(replaced('', tunables, own), ...registries) as T
    },
  }
}
