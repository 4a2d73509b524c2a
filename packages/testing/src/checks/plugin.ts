// What holds for plugins of every kind: a plain object that its own options, written as JSON, make again.

import { isPlugin, OptionError, type Plugin, type Registry, revive, show } from '@gradwerk/core'
import { CheckError, check } from '../errors.ts'

/** Makes a plugin from its options; whatever else it takes is of no concern here. */
export type Factory<P extends Plugin> = (options: never) => P

/** What a suite needs to know besides its cases. */
export interface SuiteOptions {
  /** Namespaces with the factories of plugins nested in the options: `import * as initializers from '…'`. */
  readonly registries?: readonly Registry[]
}

/** A plugin under test. */
export interface PluginCase<P extends Plugin> {
  readonly plugin: P
  /** The title of its tests. Default: name and options. */
  readonly title?: string
}

/** `dense {"units":8}` */
export function titleOf({ plugin, title }: PluginCase<Plugin>): string {
  return title ?? `${plugin.name} ${show(plugin.options)}`
}

function jsonOf(x: unknown): string {
  return JSON.stringify(x)
}

/** Where a value is not what JSON can hold; nested plugins count by their options. */
function lossIn(x: unknown, path: string): string | undefined {
  if (x === null || typeof x === 'string' || typeof x === 'boolean' || x === undefined) return undefined
  if (typeof x === 'number') return Number.isFinite(x) ? undefined : `${path} is ${x}`
  if (typeof x !== 'object') return `${path} is a ${typeof x}`
  if (isPlugin(x)) return lossIn(x.options, `${path}.options`)
  for (const [key, item] of Object.entries(x)) {
    const lost = lossIn(item, `${path}.${key}`)
    if (lost !== undefined) return lost
  }
  return undefined
}

/** The plugin made again from the JSON of its options. Throws a CheckError unless kind, name and options are the same. */
export function roundTrip<P extends Plugin>(factory: Factory<P>, plugin: P, registries: readonly Registry[] = []): P {
  const who = plugin.name
  const lost = lossIn(plugin.options, 'options')
  if (lost !== undefined) throw new CheckError({ who, problem: `JSON cannot hold its options: ${lost}` })
  const options = revive(JSON.parse(jsonOf(plugin.options)), ...registries)
  const again = factory(options as never)
  check(again.kind === plugin.kind && again.name === plugin.name, who, 'its options make another plugin', {
    expected: `${plugin.kind} ${plugin.name}`,
    got: `${again.kind} ${again.name}`,
  })
  check(jsonOf(again.options) === jsonOf(plugin.options), who, 'its options change when it is made again from them', {
    expected: jsonOf(plugin.options),
    got: jsonOf(again.options),
  })
  return again
}

/** The name a factory is known by: its key in a registry, or its own. */
function knownAs(factory: Factory<Plugin>, registries: readonly Registry[]): string {
  for (const registry of registries) {
    const found = Object.entries(registry).find(([, entry]) => entry === factory)
    if (found !== undefined) return found[0]
  }
  return factory.name
}

/** Throws a CheckError unless a plugin is a plain object of its kind that carries the name of its factory and its options. */
export function assertPlugin(
  factory: Factory<Plugin>,
  plugin: Plugin,
  kind?: string,
  registries: readonly Registry[] = [],
): void {
  const who = String(plugin.name)
  check(isPlugin(plugin), who, 'not a plugin', {
    expected: 'a plain object with kind, name and options',
    got: show(plugin),
  })
  check(kind === undefined || plugin.kind === kind, who, 'it is of another kind', {
    expected: String(kind),
    got: plugin.kind,
  })
  check(Object.getPrototypeOf(plugin) === Object.prototype, who, 'not a plain object')
  const known = knownAs(factory, registries)
  check(known === '' || known === plugin.name, who, 'its name is not that of its factory', {
    expected: known,
    got: plugin.name,
  })
}

/** Throws a CheckError unless the factory refuses an option that does not exist, with an OptionError that names it. */
export function assertRefusesUnknownOption(
  factory: Factory<Plugin>,
  plugin: Plugin,
  registries: readonly Registry[] = [],
): void {
  const options = revive(JSON.parse(jsonOf(plugin.options)), ...registries) as object
  try {
    factory({ ...options, noSuchOption: 1 } as never)
  } catch (error) {
    if (error instanceof OptionError && error.message.includes('noSuchOption')) return
    throw new CheckError({
      who: plugin.name,
      problem: 'an unknown option is refused with the wrong error',
      expected: 'an OptionError that names it',
      got: String(error),
      cause: error,
    })
  }
  throw new CheckError({ who: plugin.name, problem: 'an unknown option is accepted', expected: 'an OptionError' })
}
