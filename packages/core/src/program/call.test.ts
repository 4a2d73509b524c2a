import { expect, test } from 'vitest'
import { add } from '../ops/binary.ts'
import { reference } from '../reference/reference.ts'
import { input } from '../tensor/tensor.ts'
import { program } from './program.ts'

test('a value whose data does not fill its shape is refused, and named', async () => {
  const x = input('x', [3])
  const executable = await reference().compile(
    program({ name: 'doubling', shared: { x }, inputs: {}, state: {}, outputs: { y: add(x, x) } }),
  )
  const short = { dtype: 'float32' as const, shape: [3], data: Float32Array.of(1, 2) }
  await expect(executable.run({ steps: 1, shared: { x: short }, inputs: {}, state: {} })).rejects.toThrow(
    "program doubling: the data of shared input 'x' does not fill its shape; expected 3 elements for float32 [3]; got 2",
  )
})
