import { valueOf } from '@gradwerk/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CheckpointError } from '../errors.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

const file = {
  tensors: {
    'dense.kernel': valueOf('float32', [2, 3], [1, -2, 3.5, 0, 1e-30, 7]),
    step: valueOf('int64', [], [12]),
    mask: valueOf('bool', [3], [1, 0, 1]),
    empty: valueOf('uint32', [0, 4], []),
    double: valueOf('float64', [1], [Math.PI]),
  },
  metadata: { note: 'grün' },
}

describe('safetensors', () => {
  const bytes = encodeSafetensors(file)

  it('returns what was written', () => {
    const read = decodeSafetensors('file', bytes)
    expect(read.metadata).toEqual(file.metadata)
    expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(file.tensors).sort())
    for (const [name, value] of Object.entries(file.tensors)) expect(read.tensors[name]).toEqual(value)
  })

  it('follows the published layout', () => {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { data_offsets: [number, number] }
    >
    const [start] = header['dense.kernel']?.data_offsets ?? [0, 0]
    const body = bytes.slice(8 + length)
    expect(new DataView(body.buffer).getFloat32(start + 8, true)).toBe(3.5)
    expect(length % 8).toBe(0)
  })

  it('refuses every flipped bit', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] as number) ^ (1 << bit)
        expect(() => decodeSafetensors('file', damaged)).toThrow(CheckpointError)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('refuses every truncation', () => {
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => decodeSafetensors('file', bytes.subarray(0, length))).toThrow(CheckpointError)
  })
})
