import { keyOf } from '@gradwerk/core'
import { describe, expect, it } from 'vitest'
import { runPlan, stepKeys } from './schedule.ts'

const indices = Int32Array.from({ length: 23 }, (_, i) => 100 + i)
const flat = (calls: readonly { rows: { data: unknown } }[]) =>
  calls.flatMap(({ rows }) => [...(rows.data as Int32Array)])

describe('runPlan', () => {
  it('visits every row once an epoch, in another order each time', () => {
    const plan = runPlan(indices, 5, 'keep', keyOf(1))
    const [first, second] = [flat(plan.calls(0, 0, 3)), flat(plan.calls(1, 0, 3))]
    expect([...first].sort()).toEqual([...indices].sort())
    expect(first).not.toEqual(second)
    expect(flat(plan.calls(0, 0, 3))).toEqual(first)
    expect(plan.stepsPerEpoch).toBe(5)
    expect(plan.batchSizes).toEqual([5, 3])
  })

  it('gives the same rows however steps are grouped, from any step on', () => {
    const whole = flat(runPlan(indices, 5, 'keep', keyOf(1)).calls(2, 0, 16))
    for (const stepsPerCall of [1, 2, 3]) {
      const plan = runPlan(indices, 5, 'keep', keyOf(1))
      for (let from = 0; from <= 5; from++)
        expect(flat(plan.calls(2, from, stepsPerCall))).toEqual(whole.slice(from * 5))
    }
  })

  it('drops the remainder on request', () => {
    const plan = runPlan(indices, 5, 'drop', keyOf(1))
    expect(plan.stepsPerEpoch).toBe(4)
    expect(flat(plan.calls(0, 0, 3))).toHaveLength(20)
    expect(plan.calls(0, 4, 2)).toEqual([])
  })

  it('has only a short batch when the dataset is smaller than a batch', () => {
    const plan = runPlan(indices, 50, 'keep', keyOf(1))
    expect(plan.batchSizes).toEqual([23])
    expect(plan.calls(0, 0, 3)).toHaveLength(1)
    expect(plan.calls(0, 1, 4)).toEqual([])
  })
})

describe('stepKeys', () => {
  it('gives a step the same key whichever call it is in', () => {
    const all = stepKeys(keyOf(3), 0, 6).data as Uint32Array
    expect(stepKeys(keyOf(3), 4, 2).data).toEqual(all.slice(8))
    expect(new Set(all).size).toBe(12)
  })
})
