// Worker threads that train trials in parallel. A call of ONNX Runtime blocks its thread, so none runs on the main one.

import { Worker } from 'node:worker_threads'
import type { EpochRecord } from '@gradwerk/core'
import { WorkerError } from './errors.ts'
import type { TrialFailure, TrialOrder, WorkerData, WorkerMessage } from './messages.ts'
import type { Samples } from './samples.ts'
import type { TrialOutcome } from './trial.ts'

/** What became of a trial. */
export type Settled =
  | { readonly type: 'finished'; readonly outcome: TrialOutcome }
  | { readonly type: 'failed'; readonly failure: TrialFailure }
  | { readonly type: 'interrupted' }

export interface TrialListener {
  onStart?(): void
  onProgress?(done: number, record: EpochRecord | undefined): void
}

interface Task {
  readonly order: TrialOrder
  readonly listener: TrialListener
  settle(settled: Settled): void
}

// Node cannot load TypeScript in a worker by itself, and the loader of the main thread does not reach there on Node 20.
function startWorker(workerData: WorkerData): Worker {
  const source = [
    `import { register } from '${import.meta.resolve('tsx/esm/api')}'`,
    'register()',
    `await import('${new URL('./worker.ts', import.meta.url)}')`,
  ].join('\n')
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { execArgv: [], workerData })
}

export class Pool {
  readonly #size: number
  readonly #data: WorkerData
  readonly #waiting: Task[] = []
  readonly #idle: Worker[] = []
  readonly #workers = new Map<Worker, Task | undefined>()
  readonly #retired: Promise<number>[] = []
  #closed = false

  /** `size` workers, each with so many threads of ONNX Runtime. */
  constructor(size: number, samples: Samples, threads: number) {
    this.#size = size
    this.#data = { samples, threads, stop: new SharedArrayBuffer(4) }
  }

  /** Trains a trial as soon as a worker is free; `first` puts it before all that wait. Never rejects. */
  run(order: TrialOrder, listener: TrialListener = {}, first = false): Promise<Settled> {
    return new Promise((settle) => {
      if (this.#stopped) return settle({ type: 'interrupted' })
      const task = { order, listener, settle }
      if (first) this.#waiting.unshift(task)
      else this.#waiting.push(task)
      this.#assign()
    })
  }

  /** Ends what runs after its current call, and drops what waits. */
  stop(): void {
    Atomics.store(new Int32Array(this.#data.stop), 0, 1)
    for (const task of this.#waiting.splice(0)) task.settle({ type: 'interrupted' })
  }

  /** Ends the threads. To be called when all trials are settled. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#retired, ...[...this.#workers.keys()].map((worker) => worker.terminate())])
  }

  get #stopped(): boolean {
    return Atomics.load(new Int32Array(this.#data.stop), 0) !== 0
  }

  #assign(): void {
    while (this.#waiting.length > 0 && (this.#idle.length > 0 || this.#workers.size < this.#size)) {
      const worker = this.#idle.pop() ?? this.#start()
      const task = this.#waiting.shift()
      if (task === undefined) return
      this.#workers.set(worker, task)
      task.listener.onStart?.()
      worker.postMessage(task.order)
    }
  }

  #start(): Worker {
    const worker = startWorker(this.#data)
    this.#workers.set(worker, undefined)
    worker.on('message', (message: WorkerMessage) => {
      const task = this.#workers.get(worker)
      if (message.type === 'progress') return task?.listener.onProgress?.(message.done, message.record)
      if (task?.order.request.target === undefined) {
        this.#workers.set(worker, undefined)
        this.#idle.push(worker)
      } else this.#retire(worker)
      task?.settle(message)
      this.#assign()
    })
    worker.on('error', (error) => this.#lost(worker, error.stack ?? error.message))
    worker.on('exit', (code) => this.#lost(worker, `exit code ${code}`))
    return worker
  }

  /** A trial whose seconds count finds a thread that has compiled nothing, and leaves none behind that has. */
  #retire(worker: Worker): void {
    this.#workers.delete(worker)
    this.#retired.push(worker.terminate())
  }

  /** A worker that ended takes its trial with it; another one takes its place. */
  #lost(worker: Worker, why: string): void {
    const task = this.#workers.get(worker)
    if (this.#closed || !this.#workers.delete(worker)) return
    const idle = this.#idle.indexOf(worker)
    if (idle >= 0) this.#idle.splice(idle, 1)
    const { message } = new WorkerError({ who: 'worker', problem: `the thread ended (${why})` })
    task?.settle({ type: 'failed', failure: { problem: message } })
    this.#assign()
  }
}
