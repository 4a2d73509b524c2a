// The table of operators covers every op of core.

import { opSamples } from '@gradwerk/testing'
import { expect, test } from 'vitest'
import { operators, withoutOperator } from '../src/operators/index.ts'
import { report } from '../src/report.ts'
import { count, type Tally, total } from '../src/tally.ts'

const ops = new Set(opSamples.map(({ op }) => op))
const inRows = new Set(Object.values(operators).flatMap(({ core }) => core))

test('every op of core has a row or a reason', () => {
  expect([...ops].filter((op) => !inRows.has(op) && !Object.hasOwn(withoutOperator, op))).toEqual([])
})

test('rows and reasons name ops of core, and none has both', () => {
  const named = [...inRows, ...Object.keys(withoutOperator)]
  expect(named.filter((op) => !ops.has(op))).toEqual([])
  expect(named).toHaveLength(new Set(named).size)
})

test('cases are counted by operator, and printed', () => {
  const tally: Tally = new Map()
  const passed = { kind: 'passed' } as const
  const leftOut = { kind: 'left out', reason: 'element type float16' } as const
  const failed = { kind: 'failed', message: 'the numbers differ' } as const
  count(tally, 'Add', 'test_add', { reference: passed, ort: passed })
  count(tally, 'Add', 'test_add_float16', { reference: leftOut, ort: leftOut })
  count(tally, 'Add', 'test_add_wrong', { reference: passed, ort: failed })
  count(tally, undefined, 'test_graph', { reference: passed, ort: { kind: 'left out', reason: 'float64' } })
  count(tally, 'Loop', 'test_loop', { reference: leftOut, ort: leftOut })
  expect(total(tally.values())).toMatchObject({ found: 5, run: 3, passed: { reference: 3, ort: 1 } })
  const text = report(tally)
  expect(text).toMatch(/^Add +add +3 +1 +2 +2 +1$/m)
  expect(text).toMatch(/^Add +element type float16 +1$/m)
  expect(text).toMatch(/^\(several nodes\) +float64 \(ort alone\) +1$/m)
  expect(text).toContain('Operators without a row: Loop 1')
  expect(text).toContain('FAILED test_add_wrong on ort: the numbers differ')
  expect(text).toContain(
    '4 cases of 1 operator and of graphs: 1 left out, 3 run, 3 passed on reference, 1 on ort, 1 failed',
  )
})
