import { BackendError, input, program, relu } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { failure } from './executable.ts'
import { loadNodeRuntime } from './runtime-node.ts'

test('a missing installation says what to do', async () => {
  const missing = loadNodeRuntime(() =>
    Promise.reject(new Error("Cannot find package 'onnxruntime-node'\nimported from …")),
  )
  await expect(missing).rejects.toThrow(BackendError)
  await expect(missing).rejects.toThrow(
    /could not be loaded \(Cannot find package 'onnxruntime-node'\).*npm install onnxruntime-node.*ONNXRUNTIME_NODE_INSTALL=skip/,
  )
})

test('bytes that are no model are refused by the runtime, and the failure names the program', async () => {
  const runtime = await loadNodeRuntime()
  const refused = runtime.createSession(Uint8Array.of(1, 2, 3), { threads: 1, spinMicroseconds: 0 })
  await expect(refused).rejects.toThrow()
  const x = input('x', [1])
  const of = program({ name: 'tiny', shared: { x }, inputs: {}, state: {}, outputs: { y: relu(x) } })
  const error = failure(of, 'it could not be compiled', await refused.catch((cause: unknown) => cause))
  expect(error).toBeInstanceOf(BackendError)
  expect(error.message).toMatch(/^program tiny: it could not be compiled \(ONNX Runtime: .+\)$/)
})
