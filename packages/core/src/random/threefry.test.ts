import { expect, test } from 'vitest'
import { randomWords, threefry2x32 } from './threefry.ts'

// Known answers of Random123 (kat_vectors), threefry2x32 with 20 rounds.
test.each([
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x13198a2e, 0x03707344],
    [0x243f6a88, 0x85a308d3],
    [0xc4923a9c, 0x483df7a0],
  ],
] as const)('key %j, counter %j', (key, counter, words) => {
  expect(threefry2x32(key, counter)).toEqual(words)
})

test.each([0, 1, 2, 5, 8])('%i words are the blocks of consecutive counters', (length) => {
  const key = [0x13198a2e, 0x03707344] as const
  const half = Math.ceil(length / 2)
  const blocks = Array.from({ length: half }, (_, j) => threefry2x32(key, [j, 0]))
  const expected = [...blocks.map(([first]) => first), ...blocks.map(([, second]) => second)].slice(0, length)
  expect(Array.from(randomWords(key, length))).toEqual(expected)
})
