// What the sources of a package say of the functions it exports: the sentence that documents each, and what it returns.

import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { parseSync, type Statement } from 'oxc-parser'
import { isTest, sourceFiles, type Workspace } from '../workspaces.ts'

export interface Declaration {
  readonly name: string
  readonly file: string
  /** The first sentence of its documentation; empty where there is none. */
  readonly summary: string
  /** The type of what it returns, or of itself where it is no function, as it is written. */
  readonly type: string
}

/** The name and the written type of what a statement exports by `export function` or `export const`. */
function exported(statement: Statement, source: string): Pick<Declaration, 'name' | 'type'> | undefined {
  if (statement.type !== 'ExportNamedDeclaration') return undefined
  const { declaration } = statement
  const text = (type: { start: number; end: number } | null | undefined) =>
    type ? source.slice(type.start, type.end) : ''
  if ((declaration?.type === 'FunctionDeclaration' || declaration?.type === 'TSDeclareFunction') && declaration.id)
    return { name: declaration.id.name, type: text(declaration.returnType?.typeAnnotation) }
  if (declaration?.type !== 'VariableDeclaration') return undefined
  const { id } = declaration.declarations[0] ?? {}
  return id?.type === 'Identifier' ? { name: id.name, type: text(id.typeAnnotation?.typeAnnotation) } : undefined
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
      return program.body.flatMap((statement) => {
        const found = exported(statement, source)
        if (found === undefined) return []
        const comment = comments.findLast(({ end }) => end <= statement.start)
        const documents =
          comment?.value.startsWith('*') && source.slice(comment.end, statement.start).trim() === ''
            ? comment.value
            : ''
        return [{ ...found, file, summary: firstSentence(documents) }]
      })
    })
  return all.filter(({ name, file }, i) => all.findIndex((one) => one.name === name && one.file === file) === i)
}
