/** Makes a test fail when something is written to the console or Node emits a warning meanwhile. */
import { format } from 'node:util'
import { afterAll, afterEach } from 'vitest'

const stray: string[] = []
for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...values: unknown[]) => {
    stray.push(`console.${method}: ${format(...values)}`)
  }
}
process.on('warning', (warning) => stray.push(`${warning.name}: ${warning.message}`))

function failOnStray(): void {
  if (stray.length > 0) throw new Error(`Tests must be silent; got:\n${stray.splice(0).join('\n')}`)
}
afterEach(failOnStray)
afterAll(failOnStray)
