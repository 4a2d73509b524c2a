import { expect, test } from 'vitest'
import { startContestant } from './contestant-process.ts'

const request = { warmUp: 1, steps: 1, batches: 'ready' } as const

function script(source: string) {
  return startContestant({ name: 'peer', file: process.execPath, args: ['-e', source], environment: process.env })
}

const echo = `console.log('{}'); require('readline').createInterface({ input: process.stdin }).on('line', (line) => `

test('a block is a line in and a line out', async () => {
  const contestant = await script(`${echo} console.log(JSON.stringify({ ms: JSON.parse(line).steps * 2, loss: 3 })))`)
  expect(await contestant.block({ ...request, steps: 4 })).toEqual({ ms: 8, loss: 3 })
  expect(await contestant.block({ ...request, steps: 5 })).toEqual({ ms: 10, loss: 3 })
  contestant.stop()
})

test('a process that ends early is named with its last messages', async () => {
  const early = `console.error('first'); console.error('out of luck'); process.exit(3)`
  await expect(script(early)).rejects.toThrow(/^peer: the process ended.*out of luck/)
  const contestant = await script(`${echo} { ${early} })`)
  await expect(contestant.block(request)).rejects.toThrow('out of luck')
})

test('a process that does not exist or answers nonsense', async () => {
  await expect(startContestant({ name: 'peer', file: '/no/such/file', args: [], environment: {} })).rejects.toThrow(
    'could not be started',
  )
  await expect(script(`console.log('hello')`)).rejects.toThrow('not JSON')
  const contestant = await script(`${echo} console.log('{"ms": 0, "loss": 1}'))`)
  await expect(contestant.block(request)).rejects.toThrow('no step time')
  contestant.stop()
})
