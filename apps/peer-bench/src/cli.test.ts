import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from './cli.ts'
import type { Row } from './row.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradwerk-peers-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the command where there is no Python. */
async function run(...args: string[]): Promise<{ code: number; printed: string; noted: string }> {
  const printed: string[] = []
  const noted: string[] = []
  const code = await main(args, {
    environment: { ...process.env, INIT_CWD: folder, GRADWERK_PYTHON: join(folder, 'no-python3') },
    print: (text) => void printed.push(text),
    note: (text) => void noted.push(text),
  })
  return { code, printed: printed.join('\n'), noted: noted.join('\n') }
}

test('help says what is measured and how to choose a Python', async () => {
  const { code, printed } = await run('--help')
  expect(code).toBe(0)
  for (const said of [
    '784-512-512-10',
    'batch-norm-cnn',
    '--works',
    '--threads',
    '--optimizers',
    '--rounds',
    '--json',
    'GRADWERK_PYTHON',
  ])
    expect(printed).toContain(said)
})

test.each([
  [['--threads', '0'], 'a whole number from 1 to 256'],
  [['--threads', '1,x'], 'a whole number from 1 to 256'],
  [['--threads', ''], 'a whole number from 1 to 256'],
  [['--optimizers', 'sgd,lion'], 'sgd, adam'],
  [['--works', 'cnn,rnn'], 'mlp-512, cnn, batch-norm-cnn'],
  [['--works', ''], 'mlp-512, cnn, batch-norm-cnn'],
  [['--rounds', '0'], 'a whole number from 1 to 10000'],
  [['--rounds', '1.5'], 'a whole number from 1 to 10000'],
  [['--json'], 'argument missing'],
  [['--jsn', 'x'], 'unknown option'],
  [['extra'], 'too many arguments'],
])('bad arguments %j are refused before anything runs', async (args, message) => {
  const { code, printed, noted } = await run(...args)
  expect(code).toBe(1)
  expect(noted).toContain(message)
  expect(printed).toBe('')
})

test('without Python gradwerk alone is measured, and the file is relative to where the user is', async () => {
  const { code, printed, noted } = await run(
    '--threads',
    '1',
    '--optimizers',
    'adam',
    '--rounds',
    '1',
    '--json',
    'out/rows.json',
  )
  expect(noted).toContain('only gradwerk is measured')
  expect(code).toBe(0)
  expect(printed).toContain('mlp-512')
  const rows: unknown = JSON.parse(await readFile(join(folder, 'out', 'rows.json'), 'utf8'))
  expect(rows).toEqual([
    expect.objectContaining({
      work: 'mlp-512',
      batch: 128,
      optimizer: 'adam',
      threads: 1,
      peer: null,
      peerBuild: null,
      oursMs: expect.any(Number),
      peerMs: null,
      speedRatio: null,
    }),
  ])
})

test('a convolutional work brings its own optimizer, batch and block', async () => {
  const args = ['--works', 'batch-norm-cnn', '--threads', '1', '--rounds', '1', '--json', 'cnn.json']
  const { code, printed } = await run(...args)
  expect(code).toBe(0)
  expect(printed).toContain('a block is 8 steps after 4')
  const [row, ...others]: Row[] = JSON.parse(await readFile(join(folder, 'cnn.json'), 'utf8'))
  expect(row).toMatchObject({ work: 'batch-norm-cnn', batch: 64, optimizer: 'adam', warmUpSteps: 4, timedSteps: 8 })
  // Untrained, ten classes cost 2.3 or more.
  expect(row?.oursLoss).toBeLessThan(1.5)
  expect(others).toEqual([])
}, 60_000)
