// Every TypeScript example in a README runs.

import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { publicPackages, repositoryRoot } from './workspaces.ts'

const readmes = [repositoryRoot, ...publicPackages().map(({ folder }) => folder)]
  .map((folder) => join(folder, 'README.md'))
  .filter((path) => existsSync(path))

async function examples(path: string): Promise<string[]> {
  return [...(await readFile(path, 'utf8')).matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code)
}

test.each(readmes.map((path) => [path.slice(repositoryRoot.length + 1), path]))('%s', async (_, path) => {
  const written = vi.spyOn(console, 'log').mockReturnValue(undefined)
  // Inside this package, so that the names of packages resolve.
  const parent = new URL('../.examples/', import.meta.url).pathname
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'run-'))
  const before = process.cwd()
  vi.stubEnv('GRADWERK_DATA', folder) // no example needs MNIST
  process.chdir(folder)
  try {
    for (const [i, code] of (await examples(path)).entries()) {
      const file = join(folder, `example-${i}.ts`)
      await writeFile(file, code)
      await expect(import(file), `example ${i + 1} of ${path}`).resolves.toBeDefined()
    }
  } finally {
    process.chdir(before)
    vi.unstubAllEnvs()
    written.mockRestore()
    await rm(folder, { recursive: true })
  }
})
