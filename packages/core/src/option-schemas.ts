// What a plugin's options say about themselves: the schema they were checked with, found again from the plugin.

import { z } from 'zod'
import type { Plugin } from './contracts/plugin.ts'
import type { Distribution } from './contracts/search.ts'
import { OptionError } from './errors.ts'

/** Schemas by the options that passed them, and by the errors about those that did not. */
const schemas = new WeakMap<object, z.ZodType>()

/** Remembers what options were checked with. */
export function rememberSchema(checked: unknown, schema: z.ZodType): void {
  if (typeof checked === 'object' && checked !== null) schemas.set(checked, schema)
}

/** The schema of a plugin's options, or of those that an error is about; undefined where they were checked in another way. */
export function schemaOf(of: Plugin | OptionError): z.ZodType | undefined {
  return schemas.get(of instanceof OptionError ? of : of.options)
}

export interface OptionFacts {
  readonly name: string
  readonly description?: string
  /** What it is unless given. */
  readonly default?: unknown
  /** The range a tuner searches unless told otherwise. */
  readonly search?: Distribution
}

/** A schema without what makes it optional. */
function inner(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodReadonly)
    return schema.unwrap() as z.ZodType
  return undefined
}

/** The nearest fact under optional wrappers. */
function fact<T>(schema: z.ZodType, look: (schema: z.ZodType) => T | undefined): T | undefined {
  const within = inner(schema)
  return look(schema) ?? (within === undefined ? undefined : fact(within, look))
}

/** What is known of every option of a plugin, in the order of its schema. */
export function optionFacts(plugin: Plugin): OptionFacts[] {
  const schema = schemaOf(plugin)
  if (!(schema instanceof z.ZodObject)) return []
  return Object.entries<z.ZodType>(schema.shape).map(([name, option]) => {
    const description = fact(option, (of) => of.meta()?.description)
    const search = fact(option, (of) => of.meta()?.['search'] as Distribution | undefined)
    const usual = fact(option, (of) => (of instanceof z.ZodDefault ? { value: of.def.defaultValue } : undefined))
    return {
      name,
      ...(description === undefined ? {} : { description }),
      ...(search === undefined ? {} : { search }),
      ...(usual === undefined ? {} : { default: usual.value }),
    }
  })
}
