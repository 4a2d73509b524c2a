// JSON Schema in words: what a value may be.

import type { OptionJsonSchema } from '@gradwerk/core'

const isSchema = (part: unknown): part is OptionJsonSchema => typeof part === 'object' && part !== null

interface Bound {
  readonly at: number
  readonly included: boolean
}

/** A bound of the keywords for one side. */
function boundOf(including: unknown, excluding: unknown): Bound | undefined {
  if (typeof including === 'number' && Number.isFinite(including)) return { at: including, included: true }
  return typeof excluding === 'number' ? { at: excluding, included: false } : undefined
}

function numberDomain(schema: OptionJsonSchema): string {
  const { type, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema
  const whole = type === 'integer'
  // Zod limits whole numbers to those that are exact.
  const exact = (x: unknown) => (typeof x === 'number' && Math.abs(x) === Number.MAX_SAFE_INTEGER ? undefined : x)
  const above = boundOf(exact(minimum), exclusiveMinimum)
  const low = whole && above?.included === false ? { at: above.at + 1, included: true } : above
  const high = boundOf(exact(maximum), exclusiveMaximum)
  const noun = whole ? 'whole number' : 'number'
  if (low && high) return `${noun} in ${low.included ? '[' : '('}${low.at}, ${high.at}${high.included ? ']' : ')'}`
  if (low) return `${noun} ${low.included ? '≥' : '>'} ${low.at}`
  return high ? `${noun} ${high.included ? '≤' : '<'} ${high.at}` : noun
}

function listDomain({ items, minItems = 0 }: OptionJsonSchema): string {
  const list = `list of ${isSchema(items) ? domainOf(items) : 'anything'}`
  return minItems > 0 ? `${list}, at least ${minItems}` : list
}

function objectDomain({ properties = {}, required = [] }: OptionJsonSchema): string {
  const entries = Object.entries(properties).map(([name, part]) => {
    const domain = isSchema(part) ? domainOf(part) : 'anything'
    return `${name}${required.includes(name) ? '' : '?'}: ${domain}`
  })
  return entries.length === 0 ? 'values by name' : `{ ${entries.join('; ')} }`
}

function plainDomain(schema: OptionJsonSchema): string {
  const { type, anyOf, enum: choices, expected } = schema
  // What stands at which place of a tuple is told by the schema's own words alone.
  const open = anyOf?.every((part: unknown) => isSchema(part) && part.prefixItems === undefined) ?? false
  if (expected !== undefined && !open) return expected.replace(/^an? (plugin of kind )?/, '')
  if ('const' in schema) return literal(schema.const)
  if (choices) return choices.map(literal).join(' or ')
  if (anyOf) return [...new Set(anyOf.map((part: unknown) => domainOf(isSchema(part) ? part : {})))].join(' or ')
  if (type === 'number' || type === 'integer') return numberDomain(schema)
  if (type === 'array') return listDomain(schema)
  if (type === 'object') return objectDomain(schema)
  return { boolean: 'true or false', string: 'text' }[String(type)] ?? 'anything'
}

/** A value as a user would write it; plugins by their name. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  if ('kind' in value && 'name' in value) return `${value.name}()`
  return `{ ${Object.entries(value).map(([name, item]) => `${name}: ${literal(item)}`)} }`.replace('{  }', '{}')
}

/** What a value may be: `number in [0, 1) or schedule`. */
export function domainOf(schema: OptionJsonSchema): string {
  const { conditions = [] } = schema
  return [plainDomain(schema), ...conditions].join(': ')
}
