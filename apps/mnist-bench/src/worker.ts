// A worker thread: trains one trial after the other with a session of its own.

import { parentPort, workerData } from 'node:worker_threads'
import { ort } from '@gradwerk/backend-ort'
import { GradwerkError } from '@gradwerk/core'
import { DivergenceError } from '@gradwerk/trainer'
import type { TrialFailure, TrialOrder, WorkerData, WorkerMessage } from './messages.ts'
import { runTrial } from './trial.ts'

const { samples, threads, stop }: WorkerData = workerData
const flag = new Int32Array(stop)
const backend = ort({ threads })

/** Milliseconds between reports within an epoch. It decides how smooth a bar is, and no figure. */
const pause = 100

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message)
}

function failureOf(error: unknown): TrialFailure {
  if (error instanceof DivergenceError) return { problem: error.message, step: error.step, epoch: error.epoch }
  if (error instanceof GradwerkError) return { problem: error.message }
  return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

async function train({ request, train }: TrialOrder): Promise<WorkerMessage> {
  let reported = performance.now()
  try {
    const outcome = await runTrial(request, train === undefined ? samples : { ...samples, train }, backend, {
      onProgress(done, record) {
        if (record === undefined && performance.now() - reported < pause) return
        reported = performance.now()
        send({ type: 'progress', done, record })
      },
      interrupted: () => Atomics.load(flag, 0) !== 0,
    })
    return outcome === undefined ? { type: 'interrupted' } : { type: 'finished', outcome }
  } catch (error) {
    return { type: 'failed', failure: failureOf(error) }
  }
}

parentPort?.on('message', (order: TrialOrder) => {
  train(order).then(send)
})
