/** The import arrows of the repository: which package may import which, and no cycles among a package's files. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { parseSync } from 'oxc-parser'
import { isTest, sourceFiles, workspaces } from './workspaces.ts'

/** Every package may import core. These may import more. */
const alsoAllowed: Readonly<Record<string, readonly string[]>> = {
  '@gradwerk/backend-ort': ['@gradwerk/onnx'],
  // Puts plugins together and is none itself; nothing but apps imports it.
  '@gradwerk/models': [
    '@gradwerk/layers',
    '@gradwerk/normalization',
    '@gradwerk/initializers',
    '@gradwerk/regularizers',
  ],
}

/** Folders whose files may import each other in circles: an op's gradient is written in other ops. */
const mutuallyRecursive: readonly string[] = ['packages/core/src/ops']

/** Both files lie in one folder of mutually recursive files. */
function recurse(from: string, to: string): boolean {
  return mutuallyRecursive.some((folder) => from.startsWith(`${folder}/`) && to.startsWith(`${folder}/`))
}

interface Import {
  readonly specifier: string
  /** Type imports vanish when TypeScript is erased, so they cannot close a cycle at run time. */
  readonly typeOnly: boolean
}

/** All imports and re-exports of a file, dynamic ones with a literal name included. */
export function importsOf(file: string, source: string): Import[] {
  const { module, errors } = parseSync(file, source)
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`)
  const imports: Import[] = module.staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }))
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) imports.push({ specifier: moduleRequest.value, typeOnly: isType })
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const text = source.slice(moduleRequest.start, moduleRequest.end)
    if (/^(['"]).*\1$/.test(text)) imports.push({ specifier: text.slice(1, -1), typeOnly: false })
  }
  return imports
}

/** The first cycle of each strongly connected group met, as a path that ends where it began. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): void => {
    const start = path.indexOf(node)
    if (start >= 0) cycles.push([...path.slice(start), node])
    if (start >= 0 || done.has(node)) return
    path.push(node)
    for (const next of graph.get(node) ?? []) visit(next)
    path.pop()
    done.add(node)
  }
  for (const node of graph.keys()) visit(node)
  return cycles
}

/** Every violation under `root`, as one readable line each; empty when the arrows hold. */
export function checkArrows(root: string): string[] {
  const problems: string[] = []
  const all = workspaces(root)
  const names = all.map(({ manifest }) => manifest.name)

  for (const workspace of all) {
    const { folder, manifest } = workspace
    const isPackage = dirname(folder) === join(root, 'packages')
    const allowed = isPackage
      ? [...(manifest.name === '@gradwerk/core' ? [] : ['@gradwerk/core']), ...(alsoAllowed[manifest.name] ?? [])]
      : names
    const expected = `expected ${allowed.length > 0 ? `only ${allowed.join(', ')}` : 'no other workspace'}`

    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      if (names.includes(name) && !allowed.includes(name)) {
        problems.push(`${manifest.name}: package.json depends on ${name}; ${expected}`)
      }
    }

    const graph = new Map<string, string[]>()
    for (const file of sourceFiles(workspace)) {
      const where = relative(root, file).replaceAll(sep, '/')
      const inProduction = relative(folder, file).startsWith('src') && !isTest(file)
      const targets: string[] = []
      for (const { specifier, typeOnly } of importsOf(file, readFileSync(file, 'utf8'))) {
        if (specifier.startsWith('.')) {
          const target = join(dirname(file), specifier)
          if (relative(folder, target).startsWith('..')) {
            problems.push(`${where}: imports ${specifier} outside its package; import the package by name`)
          } else if (inProduction && (isTest(target) || !relative(folder, target).startsWith('src'))) {
            problems.push(`${where}: imports ${specifier}, which is not shipped`)
          } else if (!typeOnly) {
            const to = relative(root, target).replaceAll(sep, '/')
            if (!recurse(where, to)) targets.push(to)
          }
        } else if (inProduction) {
          const name = names.find((candidate) => specifier === candidate || specifier.startsWith(`${candidate}/`))
          if (name && !allowed.includes(name)) problems.push(`${where}: imports ${specifier}; ${expected}`)
        }
      }
      graph.set(where, targets)
    }
    for (const cycle of findCycles(graph)) problems.push(`import cycle: ${cycle.join(' -> ')}`)
  }
  return problems
}
