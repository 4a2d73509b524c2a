// The plugins of a trial, and which of their options a search varies.

import type { Layer, Optimizer, Registry, Regularizer, SearchSpace } from '@gradwerk/core'
import * as initializers from '@gradwerk/initializers'
import * as layers from '@gradwerk/layers'
import * as models from '@gradwerk/models'
import * as normalization from '@gradwerk/normalization'
import * as optimizers from '@gradwerk/optimizers'
import * as regularization from '@gradwerk/regularizers'
import { float, tunableSpace } from '@gradwerk/tuners'
import { configurationNamed } from './configurations.ts'
import { network } from './network.ts'

/** What decides the plugins of a trial. */
export interface PluginRequest {
  readonly configuration: string
  readonly hidden: readonly number[]
  /** Options by path that differ from the configuration's: `regularizers.0.strength`. Names that are no path are left alone. */
  readonly parameters?: Readonly<Record<string, unknown>>
}

export type Plugins = {
  readonly model: Layer
  readonly optimizer: Optimizer
  readonly regularizers: readonly Regularizer[]
}

/** The namespaces whose factories make a model of a file again. */
export const registries: readonly Registry[] = [layers, models, normalization, initializers, regularization, optimizers]

/** The layer that a configuration trains. */
export function modelOf({ configuration, hidden }: PluginRequest): Layer {
  const chosen = configurationNamed(configuration)
  return network(chosen.network, { ...chosen, hidden })
}

function ownPlugins(request: PluginRequest): Plugins {
  const { optimizer, regularizers = [] } = configurationNamed(request.configuration)
  return { model: modelOf(request), optimizer, regularizers }
}

/** Learning rates and what regularizes; the rest of a configuration stays as it is. */
function isSearched(path: string): boolean {
  return (
    path.startsWith('optimizer.learningRate') || path.startsWith('regularizers.') || path.endsWith('.dropProbability')
  )
}

/** Where schedules from one value to another begin, which have no search range of their own. */
const learningRates = { 'optimizer.learningRate.from': float(1e-3, 1, { log: true }) }

function tunables(request: PluginRequest) {
  const plugins = ownPlugins(request)
  const { space } = tunableSpace(plugins, registries)
  const fixed = Object.keys(space).filter((path) => !isSearched(path))
  const ranged = Object.keys(space).some((path) => path.startsWith('optimizer.learningRate'))
  const overrides = Object.fromEntries(fixed.map((path) => [path, false as const]))
  return tunableSpace(plugins, registries, { ...overrides, ...(ranged ? {} : learningRates) })
}

/** The learning rate, and the options of penalties and dropout, in the search ranges that the plugins state themselves. */
export function searchSpaceOf(request: PluginRequest): SearchSpace {
  return tunables(request).space
}

/** The plugins of a trial. Throws an OptionError for parameters outside the domains of their options. */
export function pluginsOf(request: PluginRequest): Plugins {
  return request.parameters === undefined ? ownPlugins(request) : tunables(request).configure(request.parameters)
}
