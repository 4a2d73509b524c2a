// Keys: where random numbers come from. A run has one key from its seed; everything else is folded into it by name or number.

import { OptionError } from '../errors.ts'
import { type Key, threefry2x32 } from './threefry.ts'

/** The second counter word keeps keys folded by number, keys folded by name and drawn words apart. */
export const foldNumber = 1
const foldName = 2

/** The key of a seed: a whole number from 0 to 2⁵³ − 1. */
export function keyOf(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new OptionError({
      who: 'keyOf',
      problem: 'not a seed',
      expected: 'a whole number from 0 to 2^53 - 1',
      got: String(seed),
    })
  return [seed >>> 0, Math.floor(seed / 2 ** 32)]
}

/** An independent key for each name or number. */
export function fold(key: Key, data: string | number): Key {
  return typeof data === 'number' ? threefry2x32(key, [data, foldNumber]) : threefry2x32(key, [hashOf(data), foldName])
}

/** FNV-1a over UTF-16 code units. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
