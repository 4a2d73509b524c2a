// Threefry2x32-20, the counter-based generator of Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (Random123).

export const rotations: readonly number[] = [13, 15, 26, 6, 17, 29, 16, 24]
export const parity = 0x1bd11bda
export const rounds = 20

/** A key: two 32-bit words. Whatever is drawn from one key is always the same. */
export type Key = readonly [number, number]

/** One block: the key and a counter of two words to two random words. */
export function threefry2x32(key: Key, counter: readonly [number, number]): [number, number] {
  const schedule = [key[0], key[1], parity ^ key[0] ^ key[1]]
  let x0 = (counter[0] + key[0]) | 0
  let x1 = (counter[1] + key[1]) | 0
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[round & 7] as number
    x0 = (x0 + x1) | 0
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0
    if ((round & 3) === 3) {
      const injection = (round >> 2) + 1
      x0 = (x0 + (schedule[injection % 3] as number)) | 0
      x1 = (x1 + (schedule[(injection + 1) % 3] as number) + injection) | 0
    }
  }
  return [x0 >>> 0, x1 >>> 0]
}

/**
 * `length` random 32-bit words of a key. Block j has the counter (j, 0); its first word is element j, its second is element
 * j + ⌈length / 2⌉.
 */
export function randomWords(key: Key, length: number): Uint32Array {
  const words = new Uint32Array(length)
  const half = Math.ceil(length / 2)
  const k0 = key[0] | 0
  const k1 = key[1] | 0
  const k2 = parity ^ k0 ^ k1
  // Unrolled: this loop draws every dropout mask.
  // biome-ignore format: one line for each round
  for (let j = 0; j < half; j++) {
    let a = (j + k0) | 0
    let b = k1
    a = (a + b) | 0; b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0; b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0; b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0; b = ((b << 6) | (b >>> 26)) ^ a
    a = (a + k1) | 0; b = (b + k2 + 1) | 0
    a = (a + b) | 0; b = ((b << 17) | (b >>> 15)) ^ a
    a = (a + b) | 0; b = ((b << 29) | (b >>> 3)) ^ a
    a = (a + b) | 0; b = ((b << 16) | (b >>> 16)) ^ a
    a = (a + b) | 0; b = ((b << 24) | (b >>> 8)) ^ a
    a = (a + k2) | 0; b = (b + k0 + 2) | 0
    a = (a + b) | 0; b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0; b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0; b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0; b = ((b << 6) | (b >>> 26)) ^ a
    a = (a + k0) | 0; b = (b + k1 + 3) | 0
    a = (a + b) | 0; b = ((b << 17) | (b >>> 15)) ^ a
    a = (a + b) | 0; b = ((b << 29) | (b >>> 3)) ^ a
    a = (a + b) | 0; b = ((b << 16) | (b >>> 16)) ^ a
    a = (a + b) | 0; b = ((b << 24) | (b >>> 8)) ^ a
    a = (a + k1) | 0; b = (b + k2 + 4) | 0
    a = (a + b) | 0; b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0; b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0; b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0; b = ((b << 6) | (b >>> 26)) ^ a
    a = (a + k2) | 0; b = (b + k0 + 5) | 0
    words[j] = a
    if (half + j < length) words[half + j] = b
  }
  return words
}
