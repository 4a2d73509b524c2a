import { describe, expect, test } from 'vitest'
import { fold, keyOf } from './key.ts'
import { randomStream } from './stream.ts'

const stream = (seed = 1) => randomStream(keyOf(seed))
const draw = (count: number, f: () => number) => Array.from({ length: count }, f)

test('keys differ by seed, by name and by number', () => {
  const key = keyOf(2 ** 32 + 5)
  expect(key).toEqual([5, 1])
  const keys = [key, keyOf(5), fold(key, 'a'), fold(key, 'b'), fold(key, 0), fold(key, 1), fold(fold(key, 'a'), 'b')]
  expect(new Set(keys.map(String)).size).toBe(keys.length)
  expect(fold(key, 'a')).toEqual(fold(key, 'a'))
})

test.each([-1, 0.5, 2 ** 53, Number.NaN])('%d is no seed', (seed) => {
  expect(() => keyOf(seed)).toThrow('a whole number from 0 to 2^53 - 1')
})

describe('a stream', () => {
  test('is its key', () => {
    const [a, b] = [stream(), stream()]
    expect(draw(600, a.word)).toEqual(draw(600, b.word))
    expect(draw(4, stream(2).word)).not.toEqual(draw(4, stream(1).word))
  })

  test('has children that do not depend on what was drawn', () => {
    const [a, b] = [stream(), stream()]
    a.word()
    expect(a.child('x').word()).toBe(b.child('x').word())
    expect(a.child('x').word()).not.toBe(b.child('y').word())
  })

  test('draws uniform numbers of 24 bits', () => {
    const uniform = draw(4000, stream().uniform)
    expect(uniform.every((x) => x >= 0 && x < 1 && Math.fround(x) === x)).toBe(true)
    expect(Math.abs(uniform.reduce((a, b) => a + b, 0) / 4000 - 0.5)).toBeLessThan(4.6 / Math.sqrt(12 * 4000))
  })

  test('draws normal numbers', () => {
    const n = 40_000
    const normal = draw(n, stream().normal)
    const mean = normal.reduce((a, b) => a + b, 0) / n
    const variance = normal.reduce((a, b) => a + b * b, 0) / n
    expect(Math.abs(mean) * Math.sqrt(n)).toBeLessThan(4.6)
    expect(Math.abs(variance - 1) * Math.sqrt(n / 2)).toBeLessThan(4.6)
  })

  test('draws whole numbers without bias', () => {
    const counts = [0, 0, 0]
    const { integer } = stream()
    for (const drawn of draw(3000, () => integer(3))) counts[drawn] = (counts[drawn] ?? 0) + 1
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4.6 * Math.sqrt(3000 * (2 / 9)))
    expect(integer(1)).toBe(0)
  })

  test('shuffles in place', () => {
    const array = Int32Array.from({ length: 50 }, (_, i) => i)
    expect(stream().shuffle(array)).toBe(array)
    expect([...array].toSorted((a, b) => a - b)).toEqual(
      draw(
        50,
        (
          (i = 0) =>
          () =>
            i++
        )(),
      ),
    )
    expect([...array]).not.toEqual([...array].toSorted((a, b) => a - b))
  })
})
