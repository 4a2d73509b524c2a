// Options of plugins: one zod schema validates, names the default and the search range, and describes itself.

import { z } from 'zod'
import type { Plugin } from './contracts/plugin.ts'
import type { Schedule } from './contracts/schedule.ts'
import type { Distribution } from './contracts/search.ts'
import { type ErrorFacts, OptionError, PluginError } from './errors.ts'
import { rememberSchema } from './option-schemas.ts'

/** What a schema may say about an option besides its domain: `z.number().meta({ description, search })`. */
export interface OptionMeta {
  readonly description: string
  /** The range a tuner searches unless told otherwise. */
  readonly search?: Distribution
}

/** JSON in which arrays of numbers are told by their type and length; undefined where there is none. */
function jsonOf(x: unknown): string | undefined {
  try {
    return JSON.stringify(x, (_, inner: unknown) => {
      if (typeof inner === 'bigint') return `${inner}n`
      return ArrayBuffer.isView(inner) && 'length' in inner ? `${inner.constructor.name}(${inner.length})` : inner
    })
  } catch {
    return undefined // A part that holds the whole, for instance.
  }
}

/** A value as it appears in an error message. */
export function show(x: unknown): string {
  if (typeof x === 'function') return 'a function'
  if (typeof x === 'number' || typeof x === 'bigint' || x === undefined) return String(x)
  const text = jsonOf(x) ?? String(x)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** Looks a path up in what the user gave, for the message. */
function at(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (x, key) => (typeof x === 'object' && x !== null ? Reflect.get(x, key) : undefined),
    given,
  )
}

type Issue = z.core.$ZodIssue

/** What an issue expected, without zod's words around it. */
export function expectation(issue: Issue): string {
  if (issue.code !== 'invalid_union' || issue.message !== 'Invalid input')
    return issue.message.replace(/^[^:]*: expected /, '').replace(/, received .*$/, '')
  const branches = issue.errors.flatMap(([first]) => (first === undefined ? [] : [expectation(first)]))
  return [...new Set(branches)].join(' or ')
}

/** The issue worth telling: a key that does not exist is often why another one is missing. */
function foremost(issues: readonly Issue[]): Issue | undefined {
  return issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
}

/** The names an object at a path of a schema has, where it is an object. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return keysAt(schema.unwrap(), path)
  const [first, ...rest] = path
  if (schema instanceof z.ZodArray) return first === undefined ? undefined : keysAt(schema.element, rest)
  if (!(schema instanceof z.ZodObject)) return undefined
  if (first === undefined) return Object.keys(schema.shape)
  const inner: unknown = Reflect.get(schema.shape, first)
  return inner instanceof z.ZodType ? keysAt(inner, rest) : undefined
}

/** What is wrong with options. */
function refusal(schema: z.ZodType, given: unknown, issues: readonly Issue[]): Omit<ErrorFacts, 'who'> {
  const issue = foremost(issues)
  const path = issue?.path ?? []
  if (issue?.code === 'unrecognized_keys') {
    const keys = keysAt(schema, path)
    return {
      problem: `unknown option ${issue.keys.map((key) => `'${[...path, key].join('.')}'`).join(', ')}`,
      expected: keys === undefined ? 'a known option' : keys.length === 0 ? 'no options' : `one of ${keys.join(', ')}`,
    }
  }
  const name = path.join('.')
  return {
    problem: name === '' ? 'the options are not valid' : `option '${name}' is not valid`,
    expected: issue === undefined ? 'valid options' : expectation(issue),
    got: show(at(given, path)),
  }
}

/** Checks options against a schema and fills in defaults. Throws an OptionError that names the option; `schemaOf` finds the schema from it. */
export function parseOptions<S extends z.ZodType>(who: string, schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) {
    rememberSchema(parsed.data, schema)
    return parsed.data
  }
  const error = new OptionError({ who, ...refusal(schema, given, parsed.error.issues) })
  rememberSchema(error, schema)
  throw error
}

/** A schema for an option that takes a plugin of one kind (or of several). */
export function pluginSchema<P extends Plugin>(...kinds: readonly P['kind'][]): z.ZodType<P, P> {
  return z.custom<P>((x) => isPlugin(x) && kinds.includes(x.kind), { error: `a plugin of kind ${kinds.join(' or ')}` })
}

/** A number, or a schedule of numbers in the same domain. */
export function hyperparameterSchema<N extends z.ZodType<number, number>>(
  number: N,
): z.ZodUnion<[N, z.ZodType<Schedule, Schedule>]> {
  return z.union([number, pluginSchema<Schedule>('schedule')], { error: 'a number or a schedule' })
}

/**
 * The options behind both ways of calling a factory: with an options object, or with a plain first value that stands for the main
 * option: `dense(512, { useBias: false })`, `sgd(0.1)`, `sgd(cosine(0.1))`.
 */
export function withMainOption(main: string, first: unknown, rest: object = {}): unknown {
  const areOptions = typeof first === 'object' && first !== null && !Array.isArray(first) && !isPlugin(first)
  return areOptions ? first : { ...rest, [main]: first }
}

export function isPlugin(x: unknown): x is Plugin {
  return (
    typeof x === 'object' && x !== null && 'kind' in x && 'name' in x && 'options' in x && typeof x.kind === 'string'
  )
}

/** Factories by name: what `import * as regularizers from '@gradwerk/regularizers'` gives. */
export type Registry = Readonly<Record<string, unknown>>

/**
 * Makes plugins again from their plain JSON `{kind, name, options}`, nested ones included, with the factories of the given
 * namespaces. Throws a PluginError for a name that no namespace has, and for a function there that makes no plugin of the kind.
 */
export function revive(json: unknown, ...registries: readonly Registry[]): unknown {
  if (Array.isArray(json)) return json.map((item) => revive(item, ...registries))
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json).map(([key, item]) => [key, revive(item, ...registries)] as const)
  const revived: unknown = Object.fromEntries(entries)
  if (!isPlugin(revived)) return revived
  for (const registry of registries) {
    const factory = Object.hasOwn(registry, revived.name) ? registry[revived.name] : undefined
    if (typeof factory === 'function') return ofKind(revived, factory(revived.options))
  }
  throw new PluginError({
    who: 'revive',
    problem: `no factory for the ${revived.kind} '${revived.name}'`,
    expected: 'a namespace that exports it',
    hint: `passing the package's namespace (import * as …)`,
  })
}

/** A namespace exports other functions than factories too, and JSON may name them. */
function ofKind({ kind, name }: Plugin, made: unknown): Plugin {
  if (isPlugin(made) && made.kind === kind) return made
  throw new PluginError({
    who: 'revive',
    problem: `'${name}' makes no ${kind}`,
    expected: `a factory of a ${kind}`,
    got: isPlugin(made) ? `${made.kind} ${made.name}` : show(made),
  })
}
