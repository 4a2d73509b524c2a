// The side of a thread that runs trials.

import { parentPort, workerData } from 'node:worker_threads'
import type { Distribution } from '@gradwerk/core'
import type { Json } from '../json.ts'
import type { FloatRange, IntRange } from '../space/space.ts'
import { StudyError, TrialPruned } from '../study/errors.ts'
import type { Told } from '../study/outcome.ts'
import { type Call, errorOf, type Notice, type Order, thrown } from './messages.ts'

/** A trial as its thread sees it: that of the study, a message away. */
export interface RemoteTrial {
  /** Index in the study, from 0. */
  readonly number: number
  /** What was suggested before the trial came here: of a declared space, everything. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** As of `Trial`. */
  float(name: string, low: number, high: number, range?: FloatRange): Promise<number>
  /** As of `Trial`. */
  int(name: string, low: number, high: number, range?: IntRange): Promise<number>
  /** As of `Trial`. */
  categorical<const T>(name: string, choices: readonly T[]): Promise<T>
  /** As of `Trial`. */
  suggest(name: string, distribution: Distribution): Promise<unknown>
  /** Records how the objective stands after so many epochs, samples or seeds. */
  report(step: number, value: number): Promise<void>
  /** Whether the study's pruner would stop this trial after its last report. */
  shouldPrune(): Promise<boolean>
  /** Ends the trial as pruned. */
  prune(): never
  /** Keeps something about this trial in the study. */
  setAttribute(key: string, value: Json): Promise<void>
}

/**
 * Runs trials on this thread, one after the other, as `objectiveThreads` of the study's thread sends them. `data` is the `workerData` of the thread.
 *
 * Throws a StudyError on a main thread.
 *
 * @example
 * ```ts
 * // objective.js
 * serveObjective(async (trial) => {
 *   const rate = await trial.float('rate', 1e-5, 1, { log: true })
 *   …
 * })
 * ```
 */
export function serveObjective(objective: (trial: RemoteTrial, data: unknown) => Told | Promise<Told>): void {
  const port = parentPort
  if (port === null)
    throw new StudyError({
      who: 'serveObjective',
      problem: 'this is no worker thread',
      expected: 'a file that objectiveThreads starts',
    })
  const send = (notice: Notice) => port.postMessage(notice)
  const open = new Map<
    number,
    { readonly resolve: (value: never) => void; readonly reject: (error: unknown) => void }
  >()
  let calls = 0
  const ask = <T>(call: Call, ...args: readonly unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      open.set(calls, { resolve, reject })
      send({ type: 'call', id: calls++, call, args })
    })

  const run = async (number: number, parameters: RemoteTrial['parameters']): Promise<void> => {
    const trial: RemoteTrial = {
      number,
      parameters,
      float: (...args) => ask('float', ...args),
      int: (...args) => ask('int', ...args),
      categorical: (...args) => ask('categorical', ...args),
      suggest: (...args) => ask('suggest', ...args),
      report: (...args) => ask('report', ...args),
      shouldPrune: () => ask('shouldPrune'),
      prune() {
        throw new TrialPruned({ who: `trial ${number}`, problem: 'pruned' })
      },
      setAttribute: (...args) => ask('setAttribute', ...args),
    }
    try {
      send({ type: 'told', told: await objective(trial, workerData) })
    } catch (error) {
      if (error instanceof TrialPruned) send({ type: 'told', told: { state: 'pruned' } })
      else send({ type: 'threw', error: thrown(error) })
    }
  }

  port.on('message', (order: Order) => {
    if (order.type === 'trial') {
      void run(order.number, order.parameters)
      return
    }
    const call = open.get(order.id)
    open.delete(order.id)
    if (order.type === 'answer') call?.resolve(order.value as never)
    else call?.reject(errorOf(order.error))
  })
}
