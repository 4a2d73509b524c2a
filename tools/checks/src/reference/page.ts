// The page of all options, as Markdown.

import { relative, sep } from 'node:path'
import type { OptionJsonSchema } from '@gradwerk/core'
import { publicPackages, repositoryRoot } from '../workspaces.ts'
import { declarationsOf } from './declarations.ts'
import { domainOf, literal } from './domain.ts'
import { type Factory, factoriesOf } from './factories.ts'
import { namespaces } from './packages.ts'

/** The factories of every package, in the order of their names. */
export function factoriesByPackage(): ReadonlyMap<string, readonly Factory[]> {
  const packages = publicPackages()
  return new Map(
    Object.entries(namespaces).map(([name, namespace]) => {
      const workspace = packages.find(({ manifest }) => manifest.name === `@gradwerk/${name}`)
      if (workspace === undefined) throw new Error(`no package @gradwerk/${name}`)
      const found = factoriesOf(namespace, declarationsOf(workspace))
      return [name, found.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))]
    }),
  )
}

/** The options of a factory by name. */
export function optionsOf({ options }: Factory): [name: string, option: OptionJsonSchema][] {
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

function table(factory: Factory): string {
  const { required = [] } = factory.options
  const rows = optionsOf(factory).map(([name, option]) => {
    const usual = required.includes(name)
      ? 'required'
      : option.default === undefined
        ? ''
        : `\`${literal(option.default)}\``
    return row([`\`${name}\``, domainOf(option), usual, searchRange(option), sentence(option.description ?? '')])
  })
  return [
    row(['option', 'value', 'default', 'search range', '']),
    row(['---', '---', '---', '---', '---']),
    ...rows,
  ].join('\n')
}

function entry(factory: Factory): string {
  const { name, aliases, kind, summary, file, options } = factory
  const link = `../${relative(repositoryRoot, file).replaceAll(sep, '/')}`
  const conditions = (options.conditions ?? []).map((condition) => `- ${condition}`)
  const also = aliases.length === 0 ? '' : ` Also called ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`
  const parts = [`### ${name}`, `${sentence(kind)}, [source](${link}).${also} ${summary}`, table(factory)]
  return [...parts, ...(conditions.length > 0 ? [conditions.join('\n')] : [])].join('\n\n')
}

function section(name: string, factories: readonly Factory[]): string {
  const [without, withOptions] = [true, false].map((none) =>
    factories.filter((factory) => (optionsOf(factory).length === 0) === none),
  ) as [Factory[], Factory[]]
  const plain = without.map(({ name: each, kind, summary }) => row([`\`${each}\``, kind, summary]))
  const plainTable = [row(['without options', '', '']), row(['---', '---', '---']), ...plain].join('\n')
  return [`## ${name}`, ...(plain.length > 0 ? [plainTable] : []), ...withOptions.map(entry)].join('\n\n')
}

const introduction = `# Options

All options of all plugins, made from the schemas that check them: what a value may be, what it is unless given, and the range a tuner searches unless
told otherwise (\`tunableSpace\` in \`@gradwerk/tuners\`). A value outside is refused with an \`OptionError\` that says what was expected. Where a schedule
may stand for a number, the numbers it gives are of the same domain. \`pnpm accept:reference\` writes this page; a test fails when it is out of date.`

export function referencePage(factories: ReadonlyMap<string, readonly Factory[]>): string {
  const packages = [...factories]
  const contents = packages.map(([name, all]) => `- [${name}](#${name}): ${all.length}`).join('\n')
  return `${[introduction, contents, ...packages.map(([name, all]) => section(name, all))].join('\n\n')}\n`
}
