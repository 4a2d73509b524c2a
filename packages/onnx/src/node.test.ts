import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, toBinary } from '@bufbuild/protobuf'
import { DataError, type Layer, mul, valueOf } from '@gradwerk/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TensorProto_DataLocation as DataLocation, ModelProtoSchema } from './generated/onnx_pb.ts'
import { loadWeights } from './load-weights.ts'
import { readOnnx } from './node.ts'

const zeros = { kind: 'initializer', name: 'zeros', options: {}, sample: () => new Float32Array(2) } as const
const layer: Layer = {
  kind: 'layer',
  name: 'scaled',
  options: {},
  apply: (x, context) =>
    mul(x, context.parameter('w', { shape: [2], role: 'scale', initializer: zeros, inputAxes: [], outputAxes: [0] })),
}
const model = { layer, input: { shape: [2], dtype: 'float32' } } as const

const home = mkdtempSync(join(tmpdir(), 'gradwerk-onnx-'))
afterAll(() => rmSync(home, { recursive: true }))
const folder = join(home, 'models')
mkdirSync(join(folder, 'weights'), { recursive: true })
mkdirSync(join(home, 'models-of-others'))

/** Writes a model whose w is elsewhere, and returns its path. */
function modelAt(location: string, dims = [2n]): string {
  const externalData = [{ key: 'location', value: location }]
  const w = { name: 'w', dataType: 1, dims, dataLocation: DataLocation.EXTERNAL, externalData }
  const path = join(folder, 'model.onnx')
  writeFileSync(path, toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { initializer: [w] } })))
  return path
}

const numbers = Float32Array.of(3, 4)
for (const path of ['models/w.bin', 'models/weights/w.bin', 'models-of-others/w.bin'])
  writeFileSync(join(home, path), numbers)
symlinkSync(join(folder, 'w.bin'), join(folder, 'inside.bin'))
symlinkSync(join(home, 'models-of-others', 'w.bin'), join(folder, 'outside.bin'))
symlinkSync(join(home, 'models-of-others'), join(folder, 'others'))
symlinkSync(folder, join(home, 'link'))

test.each(['w.bin', 'weights/w.bin', 'inside.bin'])('reads %s beside the model', async (location) => {
  const loaded = await loadWeights(model, await readOnnx(modelAt(location)))
  expect(loaded.parameters).toEqual({ w: valueOf('float32', [2], [3, 4]) })
  expect(await loadWeights(model, await readOnnx(join(home, 'link', 'model.onnx')))).toEqual(loaded)
})

describe('refused', () => {
  const server = createServer()
  beforeAll(() => new Promise<void>((resolve) => void server.listen(join(folder, 'socket'), resolve)))
  afterAll(() => void server.close())

  test.each([
    ['outside.bin', 'the file is outside of the folder of the model'],
    ['others/w.bin', 'the file is outside of the folder of the model'],
    ['../models-of-others/w.bin', 'its external data is not in a file beside the model'],
    ['missing.bin', 'the file cannot be read; got Error: ENOENT'],
    ['weights', 'not a regular file'],
    ['socket', 'not a regular file'],
  ])('%s', async (location, message) => {
    const loading = loadWeights(model, await readOnnx(modelAt(location)))
    await expect(loading).rejects.toThrow(DataError)
    await expect(loading).rejects.toThrow(message)
  })

  test('a model that is not there', async () => {
    await expect(readOnnx(join(folder, 'other.onnx'))).rejects.toThrow(DataError)
  })

  test('terabytes of a file of eight bytes', async () => {
    const loading = loadWeights(model, await readOnnx(modelAt('w.bin', [2n ** 40n])))
    await expect(loading).rejects.toThrow("('w' is float32 [1099511627776])")
  })
})
