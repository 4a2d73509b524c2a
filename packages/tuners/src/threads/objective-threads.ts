// The side of the study: threads that run its objective, so that its own thread stays free.

import { Worker } from 'node:worker_threads'
import { TrialError } from '../study/errors.ts'
import type { Told } from '../study/outcome.ts'
import type { Trial } from '../study/trial.ts'
import { type Call, errorOf, type Notice, type Order, thrown } from './messages.ts'

export interface ObjectiveThreads {
  /** Runs a trial on a thread that has none; there are as many threads as trials at once: the `concurrency` of `optimize`. */
  objective(trial: Trial): Promise<Told>
  /** Ends the threads; trials that run fail with a TrialError. */
  close(): Promise<void>
}

/** What a trial answers to a call from its thread. */
function answer(trial: Trial, call: Call, args: readonly unknown[]): unknown {
  const method: (...args: never[]) => unknown = trial[call]
  return method(...(args as never[]))
}

/** Runs one trial on a thread; the promise settles once the thread has ended it, or has ended itself. */
function runOn(worker: Worker, trial: Trial): Promise<Told> {
  const send = (order: Order) => worker.postMessage(order)
  return new Promise((resolve, reject) => {
    // A mistake in the use of the study stays what it is on its way through the thread.
    let refused: unknown
    const settle = (end: () => void) => {
      worker.off('message', hear)
      worker.off('error', broke)
      worker.off('exit', left)
      end()
    }
    const hear = (notice: Notice) => {
      if (notice.type === 'told') return settle(() => resolve(notice.told))
      if (notice.type === 'threw') return settle(() => reject(refused ?? errorOf(notice.error)))
      try {
        send({ type: 'answer', id: notice.id, value: answer(trial, notice.call, notice.args) })
      } catch (error) {
        refused = error
        send({ type: 'refusal', id: notice.id, error: thrown(error) })
      }
    }
    const broke = (error: unknown) => settle(() => reject(error))
    const left = (code: number) =>
      broke(new TrialError({ who: `trial ${trial.number}`, problem: 'its thread ended', got: `exit code ${code}` }))
    worker.on('message', hear)
    worker.on('error', broke)
    worker.on('exit', left)
    send({ type: 'trial', number: trial.number, parameters: { ...trial.parameters } })
  })
}

/**
 * Threads for objectives that compute: the study's thread answers suggestions, reports and pruning decisions at once, whatever the others compute, and its
 * heartbeat has a thread of its own.
 *
 * A thread is started when a trial needs one, and runs one trial after the other. An objective that throws fails its trial as elsewhere; a thread that
 * ends takes its trial with it (a TrialError, or with `retries` another attempt) and is replaced.
 *
 * @param start the file of the objective, which calls `serveObjective`; or how a thread is started. Share a dataset by `workerData` in a `SharedArrayBuffer`.
 *
 * @example
 * ```ts
 * const threads = objectiveThreads(() => new Worker(new URL('./objective.js', import.meta.url), { workerData: { images } }))
 * await study.optimize(threads.objective, { trials: 100, concurrency: 4 })
 * await threads.close()
 * ```
 */
export function objectiveThreads(start: URL | (() => Worker)): ObjectiveThreads {
  const startWorker = start instanceof URL ? () => new Worker(start) : start
  const all = new Set<Worker>()
  const idle: Worker[] = []
  const hire = (): Worker => {
    const worker = startWorker()
    all.add(worker)
    const dismiss = () => {
      all.delete(worker)
      const at = idle.indexOf(worker)
      if (at >= 0) idle.splice(at, 1)
    }
    worker.on('error', dismiss)
    worker.on('exit', dismiss)
    return worker
  }
  return {
    async objective(trial) {
      const worker = idle.pop() ?? hire()
      worker.ref()
      try {
        return await runOn(worker, trial)
      } finally {
        // A thread without a trial keeps no process alive.
        worker.unref()
        if (all.has(worker)) idle.push(worker)
      }
    },
    async close() {
      await Promise.all([...all].map((worker) => worker.terminate()))
    },
  }
}
