/** `pnpm test`: every workspace's tests through turbo, then their sum. Arguments go to turbo (`--filter layers`). */
import { spawnSync } from 'node:child_process'
import { closingLine, readTotals, removeReports } from './reports.ts'
import { repositoryRoot } from './workspaces.ts'

removeReports()
const { status } = spawnSync('turbo', ['run', 'test', '--continue', ...process.argv.slice(2)], {
  cwd: repositoryRoot,
  stdio: 'inherit',
  env: { TURBO_TELEMETRY_DISABLED: '1', ...process.env },
})
const totals = readTotals()
console.log(closingLine(totals))
process.exitCode = status === 0 && totals.failed === 0 ? 0 : 1
