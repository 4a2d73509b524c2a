/** The workspaces of this repository and their manifests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

export interface Workspace {
  readonly folder: string
  readonly manifest: Manifest
}

export const repositoryRoot: string = join(dirname(fileURLToPath(import.meta.url)), '../../..')

/** Every folder with a package.json under `groups`, in order. */
export function workspaces(
  root: string = repositoryRoot,
  groups: readonly string[] = ['packages', 'apps', 'tools'],
): Workspace[] {
  return groups
    .map((group) => join(root, group))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .sort()
        .map((name) => join(folder, name)),
    )
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
}

/** The packages that go to npm. */
export const publicPackages = (root: string = repositoryRoot): Workspace[] =>
  workspaces(root, ['packages']).filter(({ manifest }) => !manifest.private)

export const isTest = (file: string): boolean => file.endsWith('.test.ts')

/** The TypeScript files of a workspace's sources and tests, in order. */
export function sourceFiles({ folder }: Workspace): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && /^(src|test)[\\/]/.test(file))
    .map((file) => join(folder, file))
    .sort()
}
