// The README's example of a third party's test file, run as it stands.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [, example] = /^```typescript\n(.*?)^```/ms.exec(readme) ?? []
const folder = new URL('../.vitest/', import.meta.url)
const file = new URL('readme-example.ts', folder)

test('there is an example', () => expect(example).toContain('regularizerSuite('))

mkdirSync(folder, { recursive: true })
writeFileSync(file, example ?? '')
await import(file.href)
