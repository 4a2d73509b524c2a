// Worker threads that train trials in parallel. A call of ONNX Runtime blocks its thread, so none runs on the main one.

import { Worker } from 'node:worker_threads'
import type { EpochRecord } from '@gradwerk/core'
import { WorkerError } from './errors.ts'
import type { Settled, WorkerData, WorkerMessage } from './messages.ts'

export interface TrialListener {
  onStart?(): void
  /** 'stop' ends the trial after its current call: it settles as interrupted, or as what it had become by then. */
  onProgress?(done: number, record: EpochRecord | undefined): 'stop' | undefined
}

export interface TaskOptions {
  /** Before all that wait. */
  readonly first?: boolean
  /** On a thread that has compiled nothing, and that ends with the trial: its seconds count. */
  readonly alone?: boolean
}

interface Task<Order, Outcome> extends TaskOptions {
  readonly order: Order
  readonly listener: TrialListener
  settle(settled: Settled<Outcome>): void
}

/** A thread, the flag that stops its trial, and the trial. */
interface Thread<Order, Outcome> {
  readonly worker: Worker
  readonly stop: Int32Array
  task?: Task<Order, Outcome> | undefined
}

// Node cannot load TypeScript in a worker by itself, and the loader of the main thread does not reach there on Node 20.
function startWorker(file: URL, workerData: WorkerData): Worker {
  const source = [
    `import { register } from '${import.meta.resolve('tsx/esm/api')}'`,
    'register()',
    `await import('${file}')`,
  ].join('\n')
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { execArgv: [], workerData })
}

/** Threads that each run a file with one call of `serve`, which does orders and gives outcomes. */
export class Pool<Order, Outcome> {
  readonly #file: URL
  readonly #size: number
  readonly #data: Omit<WorkerData, 'stop'>
  readonly #waiting: Task<Order, Outcome>[] = []
  readonly #threads = new Set<Thread<Order, Outcome>>()
  readonly #idle: Thread<Order, Outcome>[] = []
  readonly #retired: Promise<number>[] = []
  #stopped = false
  #closed = false

  constructor(file: URL, size: number, data: Omit<WorkerData, 'stop'>) {
    this.#file = file
    this.#size = size
    this.#data = data
  }

  /** Trains a trial as soon as a worker is free. Never rejects. */
  run(order: Order, listener: TrialListener = {}, options: TaskOptions = {}): Promise<Settled<Outcome>> {
    return new Promise((settle) => {
      if (this.#stopped) return settle({ type: 'interrupted' })
      const task = { order, listener, settle, ...options }
      if (options.first === true) this.#waiting.unshift(task)
      else this.#waiting.push(task)
      this.#assign()
    })
  }

  /** Ends what runs after its current call, and drops what waits. */
  stop(): void {
    this.#stopped = true
    for (const { stop } of this.#threads) Atomics.store(stop, 0, 1)
    for (const task of this.#waiting.splice(0)) task.settle({ type: 'interrupted' })
  }

  /** Ends the threads. To be called when all trials are settled. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#retired, ...[...this.#threads].map(({ worker }) => worker.terminate())])
  }

  #assign(): void {
    while (this.#waiting.length > 0 && (this.#idle.length > 0 || this.#threads.size < this.#size)) {
      const thread = this.#idle.pop() ?? this.#start()
      const task = this.#waiting.shift()
      if (task === undefined) return
      thread.task = task
      Atomics.store(thread.stop, 0, 0)
      task.listener.onStart?.()
      thread.worker.postMessage(task.order)
    }
  }

  #start(): Thread<Order, Outcome> {
    const stop = new SharedArrayBuffer(4)
    const worker = startWorker(this.#file, { ...this.#data, stop })
    const thread: Thread<Order, Outcome> = { worker, stop: new Int32Array(stop) }
    this.#threads.add(thread)
    worker.on('message', (message: WorkerMessage<Outcome>) => this.#hear(thread, message))
    worker.on('error', (error) => this.#lost(thread, error.stack ?? error.message))
    worker.on('exit', (code) => this.#lost(thread, `exit code ${code}`))
    return thread
  }

  #hear(thread: Thread<Order, Outcome>, message: WorkerMessage<Outcome>): void {
    const { task } = thread
    if (message.type === 'progress') {
      if (task?.listener.onProgress?.(message.done, message.record) === 'stop') Atomics.store(thread.stop, 0, 1)
      return
    }
    thread.task = undefined
    if (task?.alone === true) this.#retire(thread)
    else this.#idle.push(thread)
    task?.settle(message)
    this.#assign()
  }

  #retire(thread: Thread<Order, Outcome>): void {
    this.#threads.delete(thread)
    this.#retired.push(thread.worker.terminate())
  }

  /** A worker that ended takes its trial with it; another one takes its place. */
  #lost(thread: Thread<Order, Outcome>, why: string): void {
    if (this.#closed || !this.#threads.delete(thread)) return
    const idle = this.#idle.indexOf(thread)
    if (idle >= 0) this.#idle.splice(idle, 1)
    const { message } = new WorkerError({ who: 'worker', problem: `the thread ended (${why})` })
    thread.task?.settle({ type: 'failed', failure: { problem: message } })
    this.#assign()
  }
}
