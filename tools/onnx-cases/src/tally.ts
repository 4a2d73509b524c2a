// What became of the cases, counted by operator.

import { operators } from './operators/index.ts'
import type { BackendName, Outcomes } from './run-case.ts'

/** Where graphs of several nodes are counted. */
export const severalNodes = '(several nodes)'

export interface Counts {
  found: number
  /** Cases that at least the reference backend ran. */
  run: number
  readonly passed: Record<BackendName, number>
  /** How many cases were left out on a backend, by reason. */
  readonly leftOut: Record<BackendName, Map<string, number>>
  readonly failures: string[]
}

export type Tally = Map<string, Counts>

function fresh(): Counts {
  return {
    found: 0,
    run: 0,
    passed: { reference: 0, ort: 0 },
    leftOut: { reference: new Map(), ort: new Map() },
    failures: [],
  }
}

/** Counts a case under its operator. */
export function count(tally: Tally, operator: string | undefined, name: string, outcomes: Outcomes): void {
  const key = operator ?? severalNodes
  const counts = tally.get(key) ?? fresh()
  tally.set(key, counts)
  counts.found++
  if (outcomes.reference.kind !== 'left out') counts.run++
  for (const backend of ['reference', 'ort'] as const) {
    const outcome = outcomes[backend]
    const reasons = counts.leftOut[backend]
    if (outcome.kind === 'passed') counts.passed[backend]++
    else if (outcome.kind === 'failed') counts.failures.push(`${name} on ${backend}: ${outcome.message}`)
    else reasons.set(outcome.reason, (reasons.get(outcome.reason) ?? 0) + 1)
  }
}

/** Whether an operator has a row in the table. */
export function isClaimed(operator: string): boolean {
  return operator === severalNodes || Object.hasOwn(operators, operator)
}

/** The sum of some rows. */
export function total(rows: Iterable<Counts>): Counts {
  const sum = fresh()
  for (const { found, run, passed, leftOut, failures } of rows) {
    sum.found += found
    sum.run += run
    sum.failures.push(...failures)
    for (const backend of ['reference', 'ort'] as const) {
      sum.passed[backend] += passed[backend]
      for (const [reason, times] of leftOut[backend])
        sum.leftOut[backend].set(reason, (sum.leftOut[backend].get(reason) ?? 0) + times)
    }
  }
  return sum
}
