import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkArrows, findCycles, importsOf } from './arrows.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A small repository with core, layers, losses and an app, plus `files`. */
function repository(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'arrows-'))
  folders.push(root)
  const manifests = {
    'packages/core/package.json': '{"name":"@gradwerk/core"}',
    'packages/layers/package.json': '{"name":"@gradwerk/layers","dependencies":{"@gradwerk/core":"workspace:^"}}',
    'packages/losses/package.json': '{"name":"@gradwerk/losses"}',
    'packages/models/package.json': '{"name":"@gradwerk/models"}',
    'apps/bench/package.json': '{"name":"bench","dependencies":{"@gradwerk/layers":"workspace:^"}}',
  }
  for (const [file, text] of Object.entries({ ...manifests, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return root
}

test('accepts the arrows as designed', () => {
  const root = repository({
    'packages/layers/src/index.ts': "import { add } from '@gradwerk/core'\nexport * from './dense.ts'",
    'packages/layers/src/dense.ts': "import type { add } from './index.ts'",
    'packages/layers/src/dense.test.ts': "import { l2 } from '@gradwerk/losses'",
    'packages/models/src/mlp.ts': "import { dense } from '@gradwerk/layers'",
    'apps/bench/src/main.ts': "import { dense } from '@gradwerk/layers'",
  })
  expect(checkArrows(root)).toEqual([])
})

test.each([
  ['a plugin imports another', 'packages/layers/src/a.ts', "import { x } from '@gradwerk/losses'"],
  ['core imports a plugin for its types', 'packages/core/src/a.ts', "import type { x } from '@gradwerk/layers'"],
  ['a plugin imports a model', 'packages/layers/src/a.ts', "import { x } from '@gradwerk/models'"],
  ['a model imports what it does not compose', 'packages/models/src/a.ts', "import { x } from '@gradwerk/losses'"],
  ['a re-export', 'packages/layers/src/a.ts', "export * from '@gradwerk/losses'"],
  ['a dynamic import', 'packages/layers/src/a.ts', "await import('@gradwerk/losses')"],
  ['a package imports an app', 'packages/layers/src/a.ts', "import 'bench'"],
  ['a way around the package name', 'packages/layers/test/a.test.ts', "import { x } from '../../core/src/index.ts'"],
  ['shipped code imports a test', 'packages/layers/src/a.ts', "import { x } from './b.test.ts'"],
  ['a file imports itself', 'packages/layers/src/a.ts', "import { x } from './a.ts'"],
  [
    'a manifest depends on a plugin',
    'packages/losses/package.json',
    '{"name":"@gradwerk/losses","dependencies":{"@gradwerk/layers":"*"}}',
  ],
])('refuses: %s', (_, file, text) => {
  expect(checkArrows(repository({ [file]: text }))).toHaveLength(1)
})

test('names the files of a cycle', () => {
  const root = repository({
    'packages/core/src/a.ts': "import { b } from './b.ts'",
    'packages/core/src/b.ts': "export { c } from './c.ts'",
    'packages/core/src/c.ts': "import { a } from './a.ts'",
  })
  expect(checkArrows(root)).toEqual([
    'import cycle: packages/core/src/a.ts -> packages/core/src/b.ts -> packages/core/src/c.ts -> packages/core/src/a.ts',
  ])
})

test('lets ops call each other, but nothing between ops and the rest of core', () => {
  const ops = {
    'packages/core/src/ops/a.ts': "import { b } from './b.ts'",
    'packages/core/src/ops/b.ts': "import { a } from './a.ts'",
  }
  expect(checkArrows(repository(ops))).toEqual([])
  const around = {
    'packages/core/src/c.ts': "import { a } from './ops/a.ts'",
    'packages/core/src/ops/a.ts': "import { c } from '../c.ts'",
  }
  expect(checkArrows(repository({ ...ops, ...around }))).toHaveLength(1)
})

test('a diamond is no cycle', () => {
  const diamond = { top: ['left', 'right'], left: ['bottom'], right: ['bottom'], bottom: [] }
  expect(findCycles(new Map(Object.entries(diamond)))).toEqual([])
})

test('tells type imports from value imports', () => {
  const source =
    "import type { A } from 'a'\nimport { type B } from 'b'\nimport { type C, c } from 'c'\nimport 'd'\nexport type { E } from 'e'"
  const typeOnly = importsOf('file.ts', source).map(({ specifier, typeOnly }) => [specifier, typeOnly])
  expect(typeOnly).toEqual(Object.entries({ a: true, b: true, c: false, d: false, e: true }))
})
