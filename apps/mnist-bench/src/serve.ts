// What a worker thread does: one trial after the other, with a session of its own.

import { parentPort, workerData } from 'node:worker_threads'
import { ort } from '@gradwerk/backend-ort'
import { type Backend, GradwerkError } from '@gradwerk/core'
import { DivergenceError } from '@gradwerk/trainer'
import type { TrialFailure, WorkerData, WorkerMessage } from './messages.ts'
import type { Samples } from './samples.ts'
import type { TrialObserver } from './training.ts'

/** Trains as an order says; undefined when it was interrupted. */
export type Job<Order, Outcome> = (
  order: Order,
  samples: Samples,
  backend: Backend,
  observer: TrialObserver,
) => Promise<Outcome | undefined>

/** Milliseconds between reports within an epoch. It decides how smooth a bar is, and no figure. */
const pause = 100

function failureOf(error: unknown): TrialFailure {
  if (error instanceof DivergenceError) return { problem: error.message, step: error.step, epoch: error.epoch }
  if (error instanceof GradwerkError) return { problem: error.message }
  return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

/** Does every order that a `Pool` sends to this thread. */
export function serve<Order, Outcome>(job: Job<Order, Outcome>): void {
  const { samples, threads, stop }: WorkerData = workerData
  const flag = new Int32Array(stop)
  const backend = ort({ threads })
  const send = (message: WorkerMessage<Outcome>) => parentPort?.postMessage(message)
  const settle = async (order: Order): Promise<WorkerMessage<Outcome>> => {
    let reported = performance.now()
    try {
      const outcome = await job(order, samples, backend, {
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
  parentPort?.on('message', (order: Order) => {
    settle(order).then(send)
  })
}
