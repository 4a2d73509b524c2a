import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'

test('the example of the README prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'gradwerk-readme-'))
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined)
  try {
    const path = join(folder, 'example.ts')
    const source = (name: string) => fileURLToPath(new URL(`../../${name}/src/index.ts`, import.meta.url))
    await writeFile(
      path,
      example.replace(/'@gradwerk\/(\w+)'/g, (_, name: string) => JSON.stringify(source(name))),
    )
    await import(path)
    expect(log.mock.calls).toEqual([[0.001, expect.closeTo(0.0005, 15), 0], [['gradientSum', 'squareSum']]])
  } finally {
    log.mockRestore()
    await rm(folder, { recursive: true })
  }
})
