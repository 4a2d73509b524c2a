import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Plugin } from './contracts/plugin.ts'
import { optionFacts, schemaOf } from './option-schemas.ts'
import { hyperparameterSchema, parseOptions } from './options.ts'

const search = { type: 'float', low: 1e-4, high: 1, log: true } as const
const schema = z.strictObject({
  rate: hyperparameterSchema(z.number().positive()).default(0.1).meta({ description: 'step size', search }),
  inside: z.number().meta({ search }).optional(),
  mode: z.enum(['a', 'b']),
})
const plugin: Plugin = { kind: 'thing', name: 'thing', options: parseOptions('thing', schema, { mode: 'a' }) }

test('a plugin’s schema is found from its options', () => {
  expect(schemaOf(plugin)).toBe(schema)
  expect(schemaOf({ ...plugin, options: { ...plugin.options } })).toBeUndefined()
})

test('descriptions, defaults and search ranges are told in the order of the schema', () => {
  expect(optionFacts(plugin)).toEqual([
    { name: 'rate', description: 'step size', search, default: 0.1 },
    { name: 'inside', search },
    { name: 'mode' },
  ])
  expect(optionFacts({ ...plugin, options: {} })).toEqual([])
})
