// Options as JSON Schema: what generated references, command lines and forms are made of.

import { z } from 'zod'
import type { Plugin } from './contracts/plugin.ts'
import type { Distribution } from './contracts/search.ts'
import type { OptionError } from './errors.ts'
import { schemaOf } from './option-schemas.ts'
import { expectation } from './options.ts'

/** JSON Schema, and what it has no keywords for. Every part of one is one. */
export interface OptionJsonSchema extends z.core.JSONSchema.BaseSchema {
  /** What a value that is no JSON has to be, 'a plugin of kind schedule', or what the schema itself says of its alternatives. */
  readonly expected?: string
  /** What is checked besides: 'a whole number of steps, or a fraction below 1'; of an object with the option that is blamed: 'to: above from'. */
  readonly conditions?: readonly string[]
  /** The range a tuner searches unless told otherwise. */
  readonly search?: Distribution
}

/** What the checks of a schema that are functions expect. */
function conditionsOf({ _zod: { def } }: z.core.$ZodType): string[] {
  return (def.checks ?? []).flatMap(({ _zod: { def: check } }) => {
    if (check.check !== 'custom' || check.error === undefined) return []
    const { error, path = [] } = check as z.core.$ZodCustomDef
    const message = error?.({ code: 'custom', input: undefined, path: [], message: '' })
    const text = typeof message === 'object' ? message?.message : message
    return text === undefined || text === null ? [] : [[...path, text].join(': ')]
  })
}

/**
 * The JSON Schema of options, with descriptions, defaults and search ranges: of a plugin's, or of those that an OptionError is about. It is that of what
 * is given, so that `required` are the options without a default. Undefined where they were checked in another way.
 */
export function jsonSchemaOf(of: Plugin | OptionError): OptionJsonSchema | undefined {
  const schema = schemaOf(of)
  if (schema === undefined) return undefined
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const conditions = conditionsOf(zodSchema)
      if (conditions.length > 0) jsonSchema['conditions'] = conditions
      const { type, error } = zodSchema._zod.def
      if (type !== 'custom' && (type !== 'union' || error === undefined)) return
      const issue = z.safeParse(zodSchema, undefined).error?.issues[0]
      if (issue !== undefined) jsonSchema['expected'] = expectation(issue)
    },
  })
}
