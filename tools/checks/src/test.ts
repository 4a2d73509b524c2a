/** `pnpm test`: every workspace's tests through turbo, then their sum. Arguments go to turbo (`--filter layers`). */
import { spawnSync } from 'node:child_process'
import { closingLine, readTotals, removeReports } from './reports.ts'
import { repositoryRoot } from './workspaces.ts'

removeReports()
const { status } = spawnSync('turbo', ['run', 'test', '--continue', '--log-order=grouped', ...process.argv.slice(2)], {
  cwd: repositoryRoot,
  stdio: 'inherit',
  env: { TURBO_TELEMETRY_DISABLED: '1', ...process.env },
})
const totals = readTotals()
// A run may fail outside its tests: an unhandled rejection, a crash, a broken configuration.
const failed = status !== 0 && totals.failed === 0 ? 1 : totals.failed
console.log(closingLine({ ...totals, failed }))
process.exitCode = failed === 0 ? 0 : 1
