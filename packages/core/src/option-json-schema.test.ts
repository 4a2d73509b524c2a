import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Plugin } from './contracts/plugin.ts'
import { OptionError } from './errors.ts'
import { jsonSchemaOf } from './option-json-schema.ts'
import { hyperparameterSchema, parseOptions, pluginSchema } from './options.ts'

const search = { type: 'float', low: 1e-4, high: 1, log: true } as const
const schema = z
  .strictObject({
    rate: hyperparameterSchema(z.number().positive()).default(0.1).meta({ description: 'step size', search }),
    over: z
      .number()
      .refine((x) => x < 1 || Number.isInteger(x), { error: 'a whole number, or a fraction' })
      .optional(),
    inside: z.array(pluginSchema('layer')).min(1),
    from: z.number(),
    to: z.number(),
  })
  .refine(({ from, to }) => to > from, { path: ['to'], error: 'above from' })

const expected = {
  type: 'object',
  required: ['inside', 'from', 'to'],
  conditions: ['to: above from'],
  properties: {
    rate: {
      description: 'step size',
      default: 0.1,
      search,
      expected: 'a number or a schedule',
      anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { expected: 'a plugin of kind schedule' }],
    },
    over: { type: 'number', conditions: ['a whole number, or a fraction'] },
    inside: { type: 'array', minItems: 1, items: { expected: 'a plugin of kind layer' } },
  },
}

test('a plugin tells what options it takes', () => {
  const inside: Plugin = { kind: 'layer', name: 'inside', options: {} }
  const options = parseOptions('thing', schema, { inside: [inside], from: 0, to: 1 })
  const plugin: Plugin = { kind: 'thing', name: 'thing', options }
  expect(jsonSchemaOf(plugin)).toMatchObject(expected)
  expect(jsonSchemaOf({ ...plugin, options: {} })).toBeUndefined()
})

test.each([undefined, { from: 1 }, { rats: 1 }])('an error about %j tells it as well', (given) => {
  let refused: unknown
  try {
    parseOptions('thing', schema, given)
  } catch (error) {
    refused = error
  }
  expect(refused).toBeInstanceOf(OptionError)
  expect(refused instanceof OptionError && jsonSchemaOf(refused)).toMatchObject(expected)
})

test('an error that no schema made tells nothing', () => {
  expect(jsonSchemaOf(new OptionError({ who: 'thing', problem: 'it does not fit' }))).toBeUndefined()
})
