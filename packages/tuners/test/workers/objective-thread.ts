// A thread of an objective, told by `workerData` what to do.

import { threadId } from 'node:worker_threads'
import { serveObjective } from '../../src/index.ts'

/** Int32 [2]: how many trials have been told to stop, and how many threads block. */
const shared = (data: unknown) => new Int32Array((data as { shared: SharedArrayBuffer }).shared)

serveObjective(async (trial, data) => {
  const { task } = data as { task: string }
  await trial.setAttribute('thread', threadId)
  if (task === 'search') {
    const x = await trial.float('x', -5, 10)
    const kind = await trial.categorical('kind', ['a', 'b'])
    const n = await trial.int('n', 1, 9)
    return (x - 1) ** 2 + n + (kind === 'a' ? 1 : 0)
  }
  if (task === 'declared') return Number(trial.parameters['x']) * 2
  if (task === 'throw') throw new RangeError('too far')
  if (task === 'misuse') return trial.float('x', 1, 0)
  if (task === 'end') {
    if (trial.number === 0) process.exit(3)
    if (trial.number > 1) return 2
    setImmediate(() => {
      throw new RangeError('outside of the objective')
    })
    await new Promise(() => undefined)
  }
  const state = shared(data)
  if (trial.number === 0) {
    // A step that ends only once another trial was pruned: forever, if the pruning decision waits for it.
    Atomics.add(state, 1, 1)
    Atomics.notify(state, 1)
    if (Atomics.wait(state, 0, 0, 60_000) === 'timed-out') throw new Error('nobody was pruned')
    return 1
  }
  // Reports only once the other thread computes.
  Atomics.wait(state, 1, 0, 60_000)
  await trial.report(0, 100)
  if (await trial.shouldPrune()) {
    Atomics.add(state, 0, 1)
    Atomics.notify(state, 0)
    trial.prune()
  }
  return 0
})
