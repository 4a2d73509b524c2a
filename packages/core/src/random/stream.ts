// A stream of random numbers on the host: for initial weights, shuffles, splits and generated data.

import { fold } from './key.ts'
import { type Key, randomWords } from './threefry.ts'

export interface RandomStream {
  /** A whole number from 0 to 2³² − 1. */
  word(): number
  /** Uniform in [0, 1), 24 bits, exact in float32. */
  uniform(): number
  /** Normal with mean 0 and variance 1 (Box & Muller 1958). */
  normal(): number
  /** A whole number from 0 to below, without bias. */
  integer(below: number): number
  /** Shuffles in place (Fisher & Yates) and returns the same array. */
  shuffle<A extends { length: number; [index: number]: number }>(array: A): A
  /** An independent stream; the same name gives the same stream, however much was drawn here. */
  child(name: string | number): RandomStream
}

const blockLength = 256

/** The stream of a key. */
export function randomStream(key: Key): RandomStream {
  let words: Uint32Array = new Uint32Array(0)
  let position = 0
  let block = 0
  let spare: number | undefined
  const word = (): number => {
    if (position === words.length) {
      words = randomWords(fold(key, block++), blockLength)
      position = 0
    }
    return words[position++] as number
  }
  const integer = (below: number): number => {
    const limit = 2 ** 32 - (2 ** 32 % below)
    for (;;) {
      const drawn = word()
      if (drawn < limit) return drawn % below
    }
  }
  return {
    word,
    integer,
    uniform: () => (word() >>> 8) * 2 ** -24,
    normal() {
      if (spare !== undefined) {
        const last = spare
        spare = undefined
        return last
      }
      const radius = Math.sqrt(-2 * Math.log((word() + 0.5) * 2 ** -32))
      const angle = 2 * Math.PI * (word() * 2 ** -32)
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = integer(i + 1)
        const kept = array[i] as number
        array[i] = array[j] as number
        array[j] = kept
      }
      return array
    },
    child: (name) => randomStream(fold(key, `stream:${name}`)),
  }
}
