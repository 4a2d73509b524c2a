// A storage that lives as long as the process.

import type { Operation } from './operation.ts'
import { StorageState } from './state.ts'
import type { Storage } from './storage.ts'

/** Keeps studies in memory: `createStudy({ storage: memoryStorage() })`, which is the default. */
export function memoryStorage(): Storage {
  const log: Operation[] = []
  const state = new StorageState()
  const worker = 'memory'
  return {
    worker,
    heartbeat: undefined,
    state,
    sync: () => undefined,
    append: (changes) =>
      (typeof changes === 'function' ? changes() : changes).map((change) => {
        const operation = { ...change, worker }
        log.push(operation)
        return state.apply(operation)
      }),
    operations: () => log.values(),
    beat: () => undefined,
    isGone: () => false,
    close: () => undefined,
  }
}
