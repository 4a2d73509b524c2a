/** The public surface of every package; `vitest run -u` accepts a change. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { publicPackages } from './workspaces.ts'

const entries = publicPackages().flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports ?? {})
    .filter(([, file]) => typeof file === 'string' && file.endsWith('.ts') && existsSync(join(folder, file)))
    .map(([entry]) => `${manifest.name}${entry.slice(1)}`),
)

test.each(entries)('%s', async (entry) => {
  const names = Object.keys(await import(/* @vite-ignore */ entry)).sort()
  const file = `${entry.replace('@gradwerk/', '').replaceAll('/', '-')}.txt`
  await expect(names.map((name) => `${name}\n`).join('')).toMatchFileSnapshot(`../snapshots/${file}`)
})
