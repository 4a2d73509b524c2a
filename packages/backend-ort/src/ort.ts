// The backend that runs programs on ONNX Runtime.

import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { type Backend, parseOptions } from '@gradwerk/core'
import type { Rewrite } from '@gradwerk/onnx'
import { z } from 'zod'
import { channelBlock } from './channel-block.ts'
import { executable, failure } from './executable.ts'
import { loopModel } from './loop-model.ts'
import { rewritesFor } from './rewrites/index.ts'
import type { Runtime, RuntimeSession } from './runtime.ts'
import { loadNodeRuntime } from './runtime-node.ts'
import { sessions } from './session-cache.ts'

export interface OrtOptions {
  /** Threads that one operator may use, 1 to 256. Default: the number of cores, at most 8. Results may differ in the last bits between counts. */
  readonly threads?: number
  /**
   * How long an idle thread waits busily for the next operator before it sleeps, in microseconds, 0 to 1000. Default 100: longer
   * than the gaps inside a step, and short enough to leave the cores to others.
   */
  readonly spinMicroseconds?: number
  /**
   * Whether rules for speed go before the ops' own lowerings. Default true. Without them a training step gives the bits of its exported
   * file, and takes longer.
   */
  readonly rewrites?: boolean
}

/** What runs a program that computes nothing. */
const idle: RuntimeSession = { run: () => Promise.resolve({}), release: () => Promise.resolve() }

interface Loaded {
  readonly runtime: Runtime
  readonly rewrites: readonly Rewrite[]
}

async function load(): Promise<Loaded> {
  const runtime = await loadNodeRuntime()
  return { runtime, rewrites: rewritesFor(await channelBlock(runtime)) }
}

let loaded: Promise<Loaded> | undefined

/** ONNX Runtime and what is faster on this machine, found out once. A failure is not kept: the package may be installed meanwhile. */
function nodeRuntime(): Promise<Loaded> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined
    throw error
  })
  return loaded
}

function installedVersion(): string {
  try {
    const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json')
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version)
  } catch {
    // Said when a program is compiled, with what to do about it.
  }
  return 'not installed'
}

function count(least: number, most: number): z.ZodInt {
  const error = `a whole number from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

const schema = z.strictObject({
  threads: count(1, 256).optional().meta({
    description: 'threads that one operator may use; the number of cores, at most 8, unless given',
  }),
  spinMicroseconds: count(0, 1000).default(100).meta({
    description: 'microseconds that an idle thread waits busily for the next operator before it sleeps',
  }),
  rewrites: z.boolean().default(true).meta({
    description: "whether rules for speed go before the ops' own lowerings",
  }),
})

/**
 * Runs programs on ONNX Runtime: `new Trainer({ backend: ort({ threads: 2 }), … })`. Programs of one structure share a session. For
 * one number of threads the same program gives the same bits. Throws an OptionError for a bad option; `compile` and `run` throw a
 * BackendError when the package onnxruntime-node is missing, when it refuses a program, and for float64, which only the reference
 * backend computes.
 */
export function ort(options: OrtOptions = {}): Backend {
  const parsed = parseOptions('ort', schema, options)
  const { threads = Math.min(availableParallelism(), 8), spinMicroseconds, rewrites: faster } = parsed
  const settings = { threads, spinMicroseconds }
  return {
    // Rewrites change the last bits, as threads do.
    description: {
      name: faster ? 'onnxruntime-node' : 'onnxruntime-node without rewrites',
      version: installedVersion(),
      threads,
    },
    async compile(program) {
      const { runtime, rewrites } = await nodeRuntime()
      const model = loopModel(program, faster ? rewrites : [])
      if (model.results === 0) return executable(program, model, idle)
      const session = await sessions.get(runtime, model.bytes, settings).catch((cause: unknown) => {
        throw failure(program, 'it could not be compiled', cause)
      })
      return executable(program, model, session)
    },
  }
}
