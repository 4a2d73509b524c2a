// The page of all options, as Markdown.

import { relative, sep } from 'node:path'
import type { OptionJsonSchema } from '@gradwerk/core'
import { publicPackages, repositoryRoot } from '../workspaces.ts'
import { refusedCalls } from './calls.ts'
import { type Declaration, declarationsOf } from './declarations.ts'
import { domainOf, literal } from './domain.ts'
import { type Described, factoriesOf } from './factories.ts'
import { functionsOf } from './functions.ts'
import { namespaces } from './packages.ts'

export interface Section {
  readonly name: string
  readonly declarations: readonly Declaration[]
  /** What takes options, in the order of their names. */
  readonly described: readonly Described[]
}

/** What takes options in each package. */
export function sectionsOf(): Promise<Section[]> {
  const packages = publicPackages()
  return Promise.all(
    Object.entries(namespaces).map(async ([name, namespace]) => {
      const workspace = packages.find(({ manifest }) => manifest.name === `@gradwerk/${name}`)
      if (workspace === undefined) throw new Error(`no package @gradwerk/${name}`)
      const declarations = declarationsOf(workspace)
      const functions = await functionsOf(refusedCalls[name] ?? {}, declarations)
      const described = [...factoriesOf(namespace, declarations), ...functions]
      return { name, declarations, described: described.toSorted((a, b) => a.name.localeCompare(b.name, 'en')) }
    }),
  )
}

/** The options of something by name. */
export function optionsOf({ options }: Described): [name: string, option: OptionJsonSchema][] {
  return Object.entries(options.properties ?? {}).flatMap(([name, option]) =>
    typeof option === 'object' ? [[name, option] as [string, OptionJsonSchema]] : [],
  )
}

function searchRange({ search }: OptionJsonSchema): string {
  if (search === undefined) return ''
  if (search.type === 'categorical') return search.choices.map(literal).join(', ')
  const { low, high, log, step } = search
  return `${low} … ${high}${log ? ', logarithmic' : ''}${step === undefined ? '' : `, steps of ${step}`}`
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
const sentence = (text: string) => text.replace(/^[a-z]/, (letter) => letter.toUpperCase()).replace(/\.$/, '')

function table(described: Described): string {
  const { required = [] } = described.options
  const rows = optionsOf(described).map(([name, option]) => {
    const usual = required.includes(name)
      ? 'required'
      : option.default === undefined
        ? ''
        : `\`${literal(option.default)}\``
    return [`\`${name}\``, domainOf(option), usual, searchRange(option), sentence(option.description ?? '')]
  })
  const all = [['option', 'value', 'default', 'search range', ''], ['---', '---', '---', '---', '---'], ...rows]
  // What no tuner would vary has no column for it.
  const searched = rows.some((cells) => cells[3] !== '')
  return all.map((cells) => row(searched ? cells : cells.toSpliced(3, 1))).join('\n')
}

function entry(described: Described): string {
  const { name, aliases, kind, summary, file, options } = described
  const link = `../${relative(repositoryRoot, file).replaceAll(sep, '/')}`
  const conditions = (options.conditions ?? []).map((condition) => `- ${condition}`)
  const also = aliases.length === 0 ? '' : ` Also called ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`
  const parts = [`### ${name}`, `${sentence(kind)}, [source](${link}).${also} ${summary}`, table(described)]
  return [...parts, ...(conditions.length > 0 ? [conditions.join('\n')] : [])].join('\n\n')
}

function section({ name, described }: Section): string {
  const [without, withOptions] = [true, false].map((none) =>
    described.filter((each) => (optionsOf(each).length === 0) === none),
  ) as [Described[], Described[]]
  const plain = without.map(({ name: each, kind, summary }) => row([`\`${each}\``, kind, summary]))
  const plainTable = [row(['without options', '', '']), row(['---', '---', '---']), ...plain].join('\n')
  return [`## ${name}`, ...(plain.length > 0 ? [plainTable] : []), ...withOptions.map(entry)].join('\n\n')
}

const introduction = `# Options

All options of all plugins, and of whatever else takes some, made from the schemas that check them: what a value may be, what it is unless given, and
of plugins the range a tuner searches unless told otherwise (\`tunableSpace\` in \`@gradwerk/tuners\`). A value outside is refused with an
\`OptionError\` that says what was expected. Where a schedule may stand for a number, the numbers it gives are of the same domain.
\`pnpm accept:reference\` writes this page; a test fails when it is out of date.`

export function referencePage(sections: readonly Section[]): string {
  const contents = sections.map(({ name, described }) => `- [${name}](#${name}): ${described.length}`).join('\n')
  return `${[introduction, contents, ...sections.map(section)].join('\n\n')}\n`
}
