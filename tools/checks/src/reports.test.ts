import { expect, test } from 'vitest'
import { addReports, closingLine } from './reports.ts'

const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }

test('adds up reports', () => {
  const second = { ...report, numPassedTests: 1, numFailedTests: 2, numTodoTests: 1 }
  expect(closingLine(addReports([report, second]))).toBe('4 passed, 2 failed, 1 skipped')
})

test('a file that fails to load is one failure', () => {
  const broken = { ...report, testResults: [{ status: 'failed', assertionResults: [] }] }
  expect(closingLine(addReports([broken]))).toBe('3 passed, 1 failed')
})
