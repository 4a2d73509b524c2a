// Declared spaces: parameters by name, each a domain or a function of the parameters before it.

import { type Distribution, OptionError, parseOptions, type SearchSpace, show } from '@gradwerk/core'
import { z } from 'zod'
import { checkDistribution } from './distribution.ts'

declare const valueType: unique symbol

/** A distribution that knows the type of its values. */
export type Domain<T> = Distribution & { readonly [valueType]?: T }

export interface FloatRange {
  /** Uniform in the logarithm; needs low > 0. Default false. */
  readonly log?: boolean
  /** Distance between neighbouring values, > 0; not with `log`. Default none. */
  readonly step?: number
}

export interface IntRange {
  /** Uniform in the logarithm; needs low ≥ 1. Default false. */
  readonly log?: boolean
  /** Distance between neighbouring values, ≥ 1; 1 with `log`. Default 1. */
  readonly step?: number
}

const log = z.boolean().default(false)
const floatSchema = z.strictObject({
  log: log.meta({ description: 'whether values are uniform in the logarithm; needs low > 0' }),
  step: z.number().positive().optional().meta({
    description: 'distance between neighbouring values, not with `log`; any number unless given',
  }),
})

/** Numbers from low to high, both included: `float(1e-5, 1e-1, { log: true })`. Throws an OptionError for an option outside its domain. */
export function float(low: number, high: number, range: FloatRange = {}): Domain<number> {
  parseOptions('float', floatSchema, range)
  return { type: 'float', low, high, ...range }
}

const intSchema = z.strictObject({
  log: log.meta({ description: 'whether values are uniform in the logarithm; needs low ≥ 1' }),
  step: z.int().min(1).default(1).meta({ description: 'distance between neighbouring values; 1 with `log`' }),
})

/** Whole numbers from low to high, both included: `int(32, 256, { step: 32 })`. Throws an OptionError for an option outside its domain. */
export function int(low: number, high: number, range: IntRange = {}): Domain<number> {
  parseOptions('int', intSchema, range)
  return { type: 'int', low, high, ...range }
}

/** One of several JSON values: `categorical(['sgd', 'adam'])`. */
export function categorical<const T>(choices: readonly T[]): Domain<T> {
  return { type: 'categorical', choices }
}

/** A domain, or how it follows from the parameters before it; undefined where the parameter does not exist. */
export type Entry = Distribution | ((chosen: never) => Distribution | undefined)

type ValueOf<E> = E extends (chosen: never) => infer Chosen
  ? Chosen extends Domain<infer T>
    ? T
    : undefined
  : E extends Domain<infer T>
    ? T
    : never

/** The parameters of a declared space, by the types of its entries. */
export type ParametersOf<Entries> = { readonly [Name in keyof Entries]: ValueOf<Entries[Name]> }

/** A declared space; `Parameters` is what an objective gets. */
export interface Space<Parameters = unknown> {
  readonly entries: Readonly<Record<string, Entry>>
  readonly [valueType]?: Parameters
}

/**
 * Declares a space. Entries that are functions get the parameters declared before them and return a domain, or undefined for a parameter
 * that this configuration does not have: dependent bounds and conditional parameters.
 *
 * Types: the objective gets numbers and choices, `undefined` among them for conditional parameters. A function knows the types of the plain
 * entries; those that functions give are unknown to it.
 *
 * Throws an OptionError for a domain that is empty or contradictory.
 *
 * @example
 * ```ts
 * const space = defineSpace({
 *   optimizer: categorical(['sgd', 'adam']),
 *   k1: int(1, 64),
 *   k2: ({ k1 }) => int(k1, 64),
 *   momentum: ({ optimizer }) => (optimizer === 'sgd' ? float(0, 0.99) : undefined),
 * })
 * ```
 */
export function defineSpace<Plain, Entries extends Readonly<Record<string, unknown>>>(
  space: {
    readonly [Name in keyof Plain]: Domain<Plain[Name]> | ((chosen: Plain) => Distribution | undefined)
  } & Entries,
): Space<ParametersOf<Entries>> {
  const entries = Object.entries(space).map(([name, entry]): [string, Entry] => {
    if (typeof entry === 'function') return [name, entry as Exclude<Entry, Distribution>]
    if (isDistribution(entry)) return [name, checkDistribution(name, entry)]
    throw new OptionError({
      who: `parameter ${name}`,
      problem: 'it is no domain',
      expected: 'float(…), int(…), categorical(…), or a function that returns one',
      got: show(entry),
    })
  })
  return { entries: Object.fromEntries(entries) }
}

function isDistribution(entry: unknown): entry is Distribution {
  const types: readonly unknown[] = ['float', 'int', 'categorical']
  return typeof entry === 'object' && entry !== null && 'type' in entry && types.includes(entry.type)
}

/** The entries that do not depend on others. */
export function plainEntries({ entries }: Space): SearchSpace {
  const plain: Record<string, Distribution> = {}
  for (const [name, entry] of Object.entries(entries)) if (typeof entry !== 'function') plain[name] = entry
  return plain
}

/** Asks for every parameter of a space in order, and gives what was chosen. */
export function walk(
  { entries }: Space,
  suggest: (name: string, distribution: Distribution) => unknown,
): Readonly<Record<string, unknown>> {
  const chosen: Record<string, unknown> = {}
  for (const [name, entry] of Object.entries(entries)) {
    // Entries that are functions were checked against the types of those before them when the space was declared.
    const distribution = typeof entry === 'function' ? entry({ ...chosen } as never) : entry
    if (distribution !== undefined) chosen[name] = suggest(name, distribution)
  }
  return chosen
}
