// ONNX Runtime for Node: the package onnxruntime-node, loaded when the first program is compiled.

import { BackendError, type Data, type DType, dtypes, type Value, type Values } from '@gradwerk/core'
import type { Tensor } from 'onnxruntime-node'
import type { Runtime, RuntimeSession, SessionSettings } from './runtime.ts'

type Module = typeof import('onnxruntime-node')

/** Loads onnxruntime-node. Throws a BackendError that says how to install it. */
export async function loadNodeRuntime(
  load: () => Promise<Module> = () => import('onnxruntime-node'),
): Promise<Runtime> {
  const ort = await load().catch((cause: unknown) => {
    throw new BackendError({
      who: 'backend-ort',
      problem: `ONNX Runtime could not be loaded (${cause instanceof Error ? cause.message.split('\n')[0] : cause})`,
      expected: 'the package onnxruntime-node and its library for this platform',
      hint: 'npm install onnxruntime-node (without internet: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node)',
      cause,
    })
  })
  return {
    version: ort.env.versions.node ?? ort.env.versions.common,
    async createSession(model, settings) {
      const session = await ort.InferenceSession.create(model, sessionOptions(settings))
      return wrap(ort, session)
    },
  }
}

function sessionOptions({ threads, spinMicroseconds, profilePath }: SessionSettings) {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential' as const,
    graphOptimizationLevel: 'all' as const,
    // Failures are thrown; nothing is written to the console.
    logSeverityLevel: 4 as const,
    extra: { session: { intra_op: spinMicroseconds > 0 ? spinFor(spinMicroseconds) : { allow_spinning: '0' } } },
    ...(profilePath === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePath }),
  }
}

function spinFor(microseconds: number) {
  return { allow_spinning: '1', spin_duration_us: String(microseconds) }
}

function wrap(ort: Module, session: import('onnxruntime-node').InferenceSession): RuntimeSession {
  return {
    async run(feeds) {
      const tensors = Object.entries(feeds).map(([name, value]) => [name, toTensor(ort, value)] as const)
      const results = await session.run(Object.fromEntries(tensors))
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, toValue(name, tensor)]),
      ) satisfies Values
    },
    async release() {
      session.endProfiling()
      await session.release()
    },
  }
}

/** An ort tensor around the same numbers. */
function toTensor(ort: Module, { dtype, shape, data }: Value): Tensor {
  return new ort.Tensor(dtype, data, shape)
}

function isDType(type: string): type is DType {
  return dtypes.some((dtype) => dtype === type)
}

function isData(data: Tensor.DataType): data is Data {
  return ArrayBuffer.isView(data)
}

/** A value around the same numbers. */
function toValue(name: string, { type, dims, data }: Tensor): Value {
  if (isDType(type) && isData(data)) return { dtype: type, shape: dims, data }
  throw new BackendError({ who: 'backend-ort', problem: `output '${name}' has an unknown element type`, got: type })
}
