// Functions, classes and methods that take options and make no plugin: found by a call that each refuses, with an error that knows its schema.

import { jsonSchemaOf, OptionError, type Registry } from '@gradwerk/core'
import type { Declaration } from './declarations.ts'
import type { Described } from './factories.ts'

/** Calls by the name of what is called, each with an option that does not exist. */
export type RefusedCalls = Readonly<Record<string, () => unknown>>

async function refusalOf(call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    return error
  }
}

function kindOf(name: string): string {
  if (name.includes('.')) return 'method'
  return /^[A-Z]/.test(name) ? 'class' : 'function'
}

/** What is called, with its options. Throws for a name that is not exported, and for a call that no schema refuses. */
export function functionsOf(calls: RefusedCalls, declarations: readonly Declaration[]): Promise<Described[]> {
  return Promise.all(
    Object.entries(calls).map(async ([name, call]) => {
      const declaration = declarations.find((one) => one.name === name)
      if (declaration === undefined) throw new Error(`nothing is called ${name}`)
      const refusal = await refusalOf(call)
      const options = refusal instanceof OptionError ? jsonSchemaOf(refusal) : undefined
      if (options === undefined)
        throw new Error(`${declaration.file}: no schema for the options of ${name}`, { cause: refusal })
      return { ...declaration, kind: kindOf(name), aliases: [], options }
    }),
  )
}

function areOptions(parameter: string): boolean {
  return /\w*Options\b|^options\b/.test(parameter)
}

/** The names of functions, classes and methods that take options, by what they declare: a type such as `FitOptions`, or whatever is called `options`. */
export function takingOptions(namespace: Registry, declarations: readonly Declaration[]): string[] {
  const isPublic = (name: string) => name.includes('.') || Object.hasOwn(namespace, name)
  return declarations
    .filter(({ name, parameters }) => isPublic(name) && parameters.some(areOptions))
    .map(({ name }) => name)
}
