/** Makes a test fail when something is written to the console or Node emits a warning meanwhile. */
import { format } from 'node:util'
import { afterAll, afterEach } from 'vitest'

const stray: string[] = []
for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...values: unknown[]) => {
    stray.push(`console.${method}: ${format(...values)}`)
  }
}
const hear = (warning: Error) => {
  stray.push(`${warning.name}: ${warning.message}`)
}
process.on('warning', hear)

// Node emits warnings only when the event loop turns. Kept here because a test may install fake timers.
const { setImmediate } = globalThis

async function failOnStray(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  if (stray.length > 0) throw new Error(`Tests must be silent; got:\n${stray.splice(0).join('\n')}`)
}
afterEach(failOnStray)
afterAll(async () => {
  await failOnStray()
  process.off('warning', hear) // Files share a process.
})
