// How many channels make a block in the blocked layout of ONNX Runtime's CPU library: it depends on the processor and is not told, so
// it is tried out.

import { type Values, valueOf } from '@gradwerk/core'
import { encodeModel, GraphBuilder } from '@gradwerk/onnx'
import { blockedNodes } from './rewrites/blocked-convolution.ts'
import type { Runtime } from './runtime.ts'

/** Blocks that the library has for AVX-512 and NEON, and for AVX. */
const candidates = [16, 8]

const channels = Math.max(...candidates)
const shapes = { x: [1, channels, 3, 3], kernel: [channels, channels, 2, 2] } as const

function numbersOf(shape: readonly number[], seed: number) {
  const size = shape.reduce((a, b) => a * b, 1)
  return valueOf(
    'float32',
    shape,
    Array.from({ length: size }, (_, i) => ((i * seed) % 7) - 3),
  )
}

/** Small whole numbers, for which every order of adding gives the same. */
const feeds: Values = { x: numbersOf(shapes.x, 5), kernel: numbersOf(shapes.kernel, 11) }

/** A model with the standard convolution and one in blocks. */
function probe(block: number): Uint8Array<ArrayBuffer> {
  const builder = new GraphBuilder(21)
  const [x, kernel] = Object.entries(feeds).map(([name, value]) => builder.input(builder.names.take(name), value))
  const names = [x, kernel] as [string, string]
  const geometry = { strides: [1, 1], padding: [0, 0, 0, 0], dilations: [1, 1], groups: 1 } as const
  const results = {
    standard: builder.node('Conv', names),
    blocked: blockedNodes(builder, names, shapes.kernel, geometry, block),
  }
  for (const [name, value] of Object.entries(results))
    builder.output(builder.names.take(name), value, { dtype: 'float32', shape: [1, channels, 2, 2] })
  return encodeModel(builder, { name: `probe${block}` })
}

async function fits(runtime: Runtime, block: number): Promise<boolean> {
  const session = await runtime.createSession(probe(block), { threads: 1, spinMicroseconds: 0 })
  try {
    const { standard, blocked } = await session.run(feeds)
    return standard !== undefined && blocked !== undefined && String(standard.data) === String(blocked.data)
  } finally {
    await session.release()
  }
}

/** The number of channels in a block, or undefined where the library has no blocked layout. */
export async function channelBlock(runtime: Runtime): Promise<number | undefined> {
  for (const block of candidates) if (await fits(runtime, block).catch(() => false)) return block
  return undefined
}
