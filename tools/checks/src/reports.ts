/** Adds up the vitest reports that every workspace's test run leaves behind. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { workspaces } from './workspaces.ts'

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly { status: string }[] }[]
}

const reportFiles = (): string[] => workspaces().map(({ folder }) => join(folder, '.vitest/report.json'))

export function removeReports(): void {
  for (const file of reportFiles()) rmSync(file, { force: true })
}

/** A file that fails outside its tests (a bad import, a hook) counts as one failure. */
export function addReports(reports: readonly VitestReport[]): Totals {
  let [passed, failed, skipped] = [0, 0, 0]
  for (const report of reports) {
    passed += report.numPassedTests
    failed += report.numFailedTests
    skipped += report.numPendingTests + report.numTodoTests
    failed += report.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length
  }
  return { passed, failed, skipped }
}

export function readTotals(): Totals {
  const reports: VitestReport[] = []
  for (const file of reportFiles()) {
    try {
      reports.push(JSON.parse(readFileSync(file, 'utf8')))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return addReports(reports)
}

/** `N passed, M failed`, with `, K skipped` where some were. */
export function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
