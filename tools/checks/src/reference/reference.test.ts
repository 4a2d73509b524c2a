/** The page of all options is current; `pnpm accept:reference` writes it anew. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../workspaces.ts'
import { firstSentence } from './declarations.ts'
import { domainOf } from './domain.ts'
import { factoriesByPackage, optionsOf, referencePage } from './page.ts'

const packages = factoriesByPackage()

test('docs/reference.md says what the schemas say', async () => {
  await expect(referencePage(packages)).toMatchFileSnapshot(join(repositoryRoot, 'docs/reference.md'))
})

test.each([...packages])('%s: every factory and every option is described', (_, factories) => {
  expect(factories.filter(({ summary }) => summary === '').map(({ name }) => name)).toEqual([])
  const silent = factories.flatMap((factory) =>
    optionsOf(factory)
      .filter(([, { description = '' }]) => description.trim() === '')
      .map(([option]) => `${factory.name}.${option}`),
  )
  expect(silent).toEqual([])
})

describe('domains in words', () => {
  test.each([
    [{ type: 'number' }, 'number'],
    [{ type: 'number', minimum: 0, exclusiveMaximum: 1 }, 'number in [0, 1)'],
    [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 'number in (0, 1]'],
    [{ type: 'number', exclusiveMinimum: 0 }, 'number > 0'],
    [{ type: 'number', maximum: -0.1 }, 'number ≤ -0.1'],
    [{ type: 'number', exclusiveMaximum: 2 }, 'number < 2'],
    [{ type: 'integer', exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'whole number ≥ 1'],
    [{ type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, 'whole number'],
    [{ type: 'array', items: { enum: ['a', 'b'] }, minItems: 1 }, "list of 'a' or 'b', at least 1"],
    [{ anyOf: [{ type: 'number', minimum: 0 }, { expected: 'a plugin of kind schedule' }] }, 'number ≥ 0 or schedule'],
    [
      { anyOf: [{ const: 2 }, { type: 'array', prefixItems: [{}, {}] }], expected: 'a size or a pair' },
      'size or a pair',
    ],
    [{ type: 'number', conditions: ['a fraction'] }, 'number: a fraction'],
    [
      { type: 'object', properties: { a: { type: 'boolean' }, b: { type: 'string' } }, required: ['b'] },
      '{ a?: true or false; b: text }',
    ],
  ] as const)('%j', (schema, words) => {
    expect(domainOf(schema as Parameters<typeof domainOf>[0])).toBe(words)
  })
})

test.each([
  ['* One. Two.', 'One.'],
  ['*\n * L2 penalty: `λ/2 · Σ w²`, e.g. 0.5 of it.\n * More.\n ', 'L2 penalty: `λ/2 · Σ w²`, e.g. 0.5 of it.'],
  ['* No full stop\n * @example f()', 'No full stop'],
])('the first sentence of %j', (comment, sentence) => {
  expect(firstSentence(comment)).toBe(sentence)
})
