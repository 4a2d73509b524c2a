import { expect, test } from 'vitest'
import type { Runtime, RuntimeSession } from './runtime.ts'
import { SessionCache } from './session-cache.ts'

const settings = { threads: 1, spinMicroseconds: 20 }

function runtime(createSession: Runtime['createSession']): Runtime {
  return { version: '1', createSession }
}

const session = (): RuntimeSession => ({ run: () => Promise.resolve({}), release: () => Promise.resolve() })
const works = runtime(() => Promise.resolve(session()))

test('one model and one setting make one session, also when asked for at once', async () => {
  const cache = new SessionCache()
  const [a, b] = await Promise.all([
    cache.get(works, Uint8Array.of(1), settings),
    cache.get(works, Uint8Array.of(1), settings),
  ])
  expect(a).toBe(b)
  expect(await cache.get(works, Uint8Array.of(1), { ...settings })).toBe(a)
  expect(cache.created).toBe(1)
})

test('another model, thread count or version makes another session', async () => {
  const cache = new SessionCache()
  await cache.get(works, Uint8Array.of(1), settings)
  await cache.get(works, Uint8Array.of(2), settings)
  await cache.get(works, Uint8Array.of(1), { ...settings, threads: 2 })
  await cache.get({ ...works, version: '2' }, Uint8Array.of(1), settings)
  expect(cache.created).toBe(4)
})

test('a failure is not kept', async () => {
  const cache = new SessionCache()
  await expect(
    cache.get(
      runtime(() => Promise.reject(new Error('no'))),
      Uint8Array.of(1),
      settings,
    ),
  ).rejects.toThrow('no')
  await expect(cache.get(works, Uint8Array.of(1), settings)).resolves.toBeDefined()
})

test('a late failure does not remove the session that was made in its place', async () => {
  const cache = new SessionCache()
  // Digests of several models may end in another order than they began.
  let begun = (_: (error: Error) => void): void => undefined
  const creating = new Promise<(error: Error) => void>((resolve) => {
    begun = resolve
  })
  const late = runtime(() => new Promise((_, reject) => begun(reject)))
  const failing = expect(cache.get(late, Uint8Array.of(1), settings)).rejects.toThrow('late')
  const fail = await creating
  for (let i = 2; i < 40; i++) await cache.get(works, Uint8Array.of(i), settings)
  const again = await cache.get(works, Uint8Array.of(1), settings)
  fail(new Error('late'))
  await failing
  expect(await cache.get(works, Uint8Array.of(1), settings)).toBe(again)
})

test('what was not used for longest goes first', async () => {
  const cache = new SessionCache()
  for (let i = 0; i < 32; i++) await cache.get(works, Uint8Array.of(i), settings)
  await cache.get(works, Uint8Array.of(0), settings)
  await cache.get(works, Uint8Array.of(32), settings)
  expect(cache.created).toBe(33)
  await cache.get(works, Uint8Array.of(0), settings)
  expect(cache.created).toBe(33)
  await cache.get(works, Uint8Array.of(1), settings)
  expect(cache.created).toBe(34)
})
