import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'

test('the example of the README runs without MNIST', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'gradwerk-readme-'))
  vi.stubEnv('GRADWERK_DATA', folder)
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined)
  try {
    const path = join(folder, 'example.ts')
    await writeFile(path, example.replace('@gradwerk/datasets', fileURLToPath(new URL('./index.ts', import.meta.url))))
    await import(path)
    expect(log.mock.calls).toEqual(new Array(6).fill(['generated-digits', [128, 28, 28], [128]]))
  } finally {
    log.mockRestore()
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  }
})
