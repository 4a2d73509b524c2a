// Floats of two bytes as float32, which has each of them.

import { getFloat16 } from '@petamoriken/float16'

const view = new DataView(new ArrayBuffer(4))

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 bits of fraction. */
export function fromFloat16(bits: number): number {
  view.setUint16(0, bits)
  return getFloat16(view, 0)
}

/** The upper half of a float32. */
export function fromBfloat16(bits: number): number {
  view.setUint32(0, bits << 16)
  return view.getFloat32(0)
}
