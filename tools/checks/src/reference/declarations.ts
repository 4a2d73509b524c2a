// What the sources of a package say of what it exports: the sentence that documents it, what it takes, and what it returns.

import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { type Function as FunctionNode, parseSync, type Span, type Statement } from 'oxc-parser'
import { isTest, sourceFiles, type Workspace } from '../workspaces.ts'

export interface Declaration {
  /** The name of a function, a class or a value; of a method `Trainer.fit`. */
  readonly name: string
  readonly file: string
  /** The first sentence of its documentation; empty where there is none. */
  readonly summary: string
  /** The type of what it returns, or of itself where it is no function, as it is written; of a class empty. */
  readonly type: string
  /** What it takes, as it is written: `options: FitOptions = {}`. */
  readonly parameters: readonly string[]
}

type Found = Pick<Declaration, 'name' | 'type' | 'parameters'> & { readonly start: number }
type Callable = Pick<FunctionNode, 'params' | 'returnType'>

/** What a statement exports by `export function`, `export const`, `export class` or `export interface`. */
function exported(statement: Statement, source: string): Found[] {
  if (statement.type !== 'ExportNamedDeclaration') return []
  const { declaration } = statement
  const { start } = statement
  const text = (node: Span | null | undefined) => (node ? source.slice(node.start, node.end) : '')
  const callable = (name: string, from: number, { params, returnType }: Callable): Found => ({
    ...{ name, start: from, type: text(returnType?.typeAnnotation), parameters: params.map(text) },
  })
  switch (declaration?.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return declaration.id ? [callable(declaration.id.name, start, declaration)] : []
    case 'VariableDeclaration': {
      const { id } = declaration.declarations[0] ?? {}
      if (id?.type !== 'Identifier') return []
      return [{ name: id.name, start, type: text(id.typeAnnotation?.typeAnnotation), parameters: [] }]
    }
    case 'ClassDeclaration': {
      const name = declaration.id?.name ?? ''
      return declaration.body.body.flatMap((member) => {
        if (member.type !== 'MethodDefinition' || member.key.type !== 'Identifier') return []
        if (member.kind === 'constructor') return [{ ...callable(name, start, member.value), type: '' }]
        return [callable(`${name}.${member.key.name}`, member.start, member.value)]
      })
    }
    case 'TSInterfaceDeclaration':
      return declaration.body.body.flatMap((member) =>
        member.type === 'TSMethodSignature' && member.key.type === 'Identifier'
          ? [callable(`${declaration.id.name}.${member.key.name}`, member.start, member)]
          : [],
      )
    default:
      return []
  }
}

/** The first sentence of a documentation comment: up to a full stop before a capital letter or at the end of the paragraph. */
export function firstSentence(comment: string): string {
  const text = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*+ ?/, ''))
    .join('\n')
    .trim()
  const [paragraph = ''] = text.split(/\n\s*\n|\n@/)
  const line = paragraph.replaceAll('\n', ' ')
  return /^.*?[^.\d]\.(?=\s+[A-ZΑ-Ω`]|$)/u.exec(line)?.[0] ?? line
}

/** What the sources of a workspace export; of an overloaded function the first signature, which carries the documentation. */
export function declarationsOf(workspace: Workspace): Declaration[] {
  const inSources = (file: string) => relative(workspace.folder, file).startsWith('src') && !isTest(file)
  const all = sourceFiles(workspace)
    .filter(inSources)
    .flatMap((file) => {
      const source = readFileSync(file, 'utf8')
      const { program, comments } = parseSync(file, source)
      return program.body.flatMap((statement) =>
        exported(statement, source).map(({ start, ...found }) => {
          const comment = comments.findLast(({ end }) => end <= start)
          const documents =
            comment?.value.startsWith('*') && source.slice(comment.end, start).trim() === '' ? comment.value : ''
          return { ...found, file, summary: firstSentence(documents) }
        }),
      )
    })
  return all.filter(({ name, file }, i) => all.findIndex((one) => one.name === name && one.file === file) === i)
}
