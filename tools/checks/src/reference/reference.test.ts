/** The page of all options is current; `pnpm accept:reference` writes it anew. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../workspaces.ts'
import { firstSentence } from './declarations.ts'
import { domainOf } from './domain.ts'
import { functionsOf, takingOptions } from './functions.ts'
import { namespaces } from './packages.ts'
import { optionsOf, referencePage, sectionsOf } from './page.ts'

const sections = await sectionsOf()

test('docs/reference.md says what the schemas say', async () => {
  await expect(referencePage(sections)).toMatchFileSnapshot(join(repositoryRoot, 'docs/reference.md'))
})

test.each(sections)('$name: all and every option of them is described', ({ described }) => {
  expect(described.filter(({ summary }) => summary === '').map(({ name }) => name)).toEqual([])
  const silent = described.flatMap((each) =>
    optionsOf(each)
      .filter(([, { description = '' }]) => description.trim() === '')
      .map(([option]) => `${each.name}.${option}`),
  )
  expect(silent).toEqual([])
})

/** What takes options that stand elsewhere on the page. */
const elsewhere = [
  'DeclaredStudy.optimize', // those of Study.optimize
  'loadStudy', // those of createStudy
  'localResponse', // those of localResponseNorm, which has checked them
  'stepProgram', // those of Trainer, which has checked them
]

test.each(sections)('$name: whatever takes options is listed', ({ name, declarations, described }) => {
  const listed = described.flatMap((each) => [each.name, ...each.aliases])
  const taking = takingOptions(namespaces[name] ?? {}, declarations)
  expect(taking.filter((each) => ![...listed, ...elsewhere].includes(each))).toEqual([])
})

test('whatever takes options is found by what it declares', () => {
  const declared = (name: string, ...parameters: string[]) => ({ name, parameters, file: '', summary: '', type: '' })
  const declarations = [
    declared('train', 'data: Dataset', '{ epochs = 1 }: TrainOptions = {}'),
    declared('draw', 'options: { readonly seed?: number }'),
    declared('Trainer.fit', 'given: FitOptions'),
    declared('take', 'count: number'),
    declared('internal', 'options: TakeOptions'),
  ]
  const exported = { train: 0, draw: 0, take: 0 }
  expect(takingOptions(exported, declarations)).toEqual(['train', 'draw', 'Trainer.fit'])
})

test.each([
  ['gone', () => 0, 'nothing is called gone'],
  ['take', () => 0, 'no schema for the options of take'],
])('%s has no place on the page', async (name, call, message) => {
  const declarations = [{ name: 'take', parameters: [], file: 'take.ts', summary: '', type: '' }]
  await expect(functionsOf({ [name]: call }, declarations)).rejects.toThrow(message)
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
