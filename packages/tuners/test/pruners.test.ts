// The decision tables of Optuna's own tests, and what they leave open.

import type { Pruner, StudyView, TrialRecord } from '@gradwerk/core'
import { pluginSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import * as tuners from '../src/index.ts'
import { hyperband, median, none, patient, percentile, successiveHalving, threshold } from '../src/index.ts'
import { bracketOf, bracketSizes } from '../src/pruners/hyperband.ts'
import { standingOf } from '../src/pruners/successive-halving.ts'
import table from './golden/pruner-decisions.json' with { type: 'json' }

const nan = Number.NaN
type Direction = 'minimize' | 'maximize'

function trialOf(number: number, reports: Readonly<Record<number, number>>, state: TrialRecord['state'] = 'running') {
  const intermediate = new Map(Object.entries(reports).map(([step, value]) => [Number(step), value]))
  return { number, state, parameters: {}, distributions: {}, values: undefined, intermediate }
}

function view(trials: readonly TrialRecord[], direction: Direction = 'minimize'): StudyView {
  return { directions: [direction], trials }
}

/** Whether a trial is pruned beside others. */
function prunes(
  pruner: Pruner,
  reports: Record<number, number>,
  others: readonly TrialRecord[] = [],
  direction?: Direction,
) {
  const trial = trialOf(others.length, reports)
  return pruner.prune(view([...others, trial], direction), trial)
}

pluginSuite(none, [{ plugin: none() }])
pluginSuite(median, [{ plugin: median() }, { plugin: median({ startupTrials: 0, warmupSteps: 3, minTrials: 2 }) }])
pluginSuite(percentile, [{ plugin: percentile({ percentile: 10, intervalSteps: 2 }) }])
pluginSuite(threshold as (options: never) => Pruner, [{ plugin: threshold({ upper: 1 }) }])
pluginSuite(
  patient as (options: never) => Pruner,
  [{ plugin: patient({ patience: 1 }) }, { plugin: patient({ patience: 2, minDelta: 0.5, pruner: median() }) }],
  { registries: [tuners] },
)
pluginSuite(successiveHalving, [{ plugin: successiveHalving() }, { plugin: successiveHalving({ bootstrapCount: 2 }) }])
pluginSuite(hyperband as (options: never) => Pruner, [{ plugin: hyperband({ maxResource: 27 }) }])

describe('median', () => {
  test.each(table.median_pruner_interval.cases)('%j', (row) => {
    const pruner = median({ startupTrials: 0, warmupSteps: row.n_warmup_steps, intervalSteps: row.interval_steps })
    const last = Math.max(...row.expected) + 1
    const done = trialOf(0, Object.fromEntries(Array.from({ length: last + 1 }, (_, step) => [step, 0])), 'complete')
    const reports: Record<number, number> = {}
    const pruned: number[] = []
    for (let step = 0; step <= last; step++) {
      if (step % row.report_steps === 0) reports[step] = 2
      if (prunes(pruner, reports, [done])) pruned.push(step)
    }
    // Between reports nothing changes, so that the table goes on as long as its last report.
    expect(pruned.filter((step) => step < last)).toEqual(row.expected.filter((step) => step < last))
  })

  test('NaN', () => {
    const pruner = median({ startupTrials: 0 })
    const undone = trialOf(0, { 1: nan }, 'complete')
    expect(prunes(pruner, { 1: nan })).toBe(false)
    expect(prunes(pruner, { 1: nan }, [undone])).toBe(true)
    expect(prunes(pruner, { 1: 1 }, [undone])).toBe(false)
  })

  const four = [1, 2, 3, 4].map((value, number) => trialOf(number, { 0: value, 1: value }, 'complete'))

  test('compares the best value so far with the median at the step', () => {
    const pruner = median({ startupTrials: 4 })
    expect(prunes(pruner, { 1: 2.6 }, four)).toBe(true)
    expect(prunes(pruner, { 1: 2.5 }, four)).toBe(false)
    expect(prunes(pruner, { 0: 2, 1: 9 }, four)).toBe(false)
    expect(prunes(pruner, { 1: 2.4 }, four, 'maximize')).toBe(true)
    expect(prunes(pruner, {}, four)).toBe(false)
    expect(prunes(pruner, { 2: 9 }, four)).toBe(false)
  })

  test('waits for enough trials that are complete', () => {
    expect(prunes(median({ startupTrials: 5 }), { 1: 9 }, four)).toBe(false)
    expect(prunes(median({ startupTrials: 4, minTrials: 5 }), { 1: 9 }, four)).toBe(false)
    const failed = four.map((trial) => ({ ...trial, state: 'failed' as const }))
    expect(prunes(median({ startupTrials: 0 }), { 1: 9 }, failed)).toBe(false)
  })

  test('percentile interpolates', () => {
    const pruner = percentile({ percentile: 25, startupTrials: 0 }) // 1.75 of 1, 2, 3, 4
    expect(prunes(pruner, { 1: 1.75 }, four)).toBe(false)
    expect(prunes(pruner, { 1: 1.76 }, four)).toBe(true)
    expect(prunes(pruner, { 1: 3.25 }, four, 'maximize')).toBe(false)
    expect(prunes(pruner, { 1: 3.24 }, four, 'maximize')).toBe(true)
  })
})

describe('threshold', () => {
  test.each([
    [{ upper: 1 }, 1, false],
    [{ upper: 1 }, 1.1, true],
    [{ lower: 0 }, -0.1, true],
    [{ lower: 0, upper: 1 }, 0.5, false],
    [{ lower: 0 }, nan, true],
    [{ lower: 0 }, Infinity, false],
  ])('%j and %d', (options, value, pruned) => {
    expect(prunes(threshold(options), { 3: value })).toBe(pruned)
    expect(prunes(threshold({ ...options, warmupSteps: 4 }), { 3: value })).toBe(false)
  })

  test('needs a bound', () => {
    expect(() => threshold({})).toThrow(`'lower', 'upper' or both`)
    expect(() => threshold({ lower: 1, upper: 0 })).toThrow('lower ≤ upper')
  })
})

describe('patient', () => {
  test.each(table.patient_pruner)('%j', ({ patience, min_delta: minDelta, direction, values, prune_steps }) => {
    const reports: Record<number, number> = {}
    const pruned = values.flatMap((value, step) => {
      reports[step] = value
      return prunes(patient({ patience, minDelta }), reports, [], direction as Direction) ? [step] : []
    })
    expect(pruned).toEqual(prune_steps)
  })

  test('asks another pruner about a trial that is stuck', () => {
    const stuck = { 0: 1, 1: 2, 2: 2 }
    expect(prunes(patient({ patience: 1, pruner: none() }), stuck)).toBe(false)
    expect(prunes(patient({ patience: 1, pruner: threshold({ upper: 1.5 }) }), stuck)).toBe(true)
    expect(prunes(patient({ patience: 1, pruner: threshold({ upper: 1.5 }) }), { 0: 4, 1: 3, 2: 2 })).toBe(false)
  })
})

describe('successive halving', () => {
  const options = { minResource: 1, reductionFactor: 2, minEarlyStoppingRate: 0, bootstrapCount: 0 }
  const rungs = (
    reports: Record<number, number>,
    others: readonly TrialRecord[],
    more: Partial<typeof options> = {},
  ) => {
    const trial = trialOf(others.length, reports)
    return standingOf(view([...others, trial]), trial, { ...options, ...more })
  }

  test('rungs of a late trial', () => {
    const seven = Array.from({ length: 7 }, (_, i) => trialOf(i, { 7: 0.1 * (i + 1) }))
    const reached: number[] = []
    const trials: TrialRecord[] = [...seven]
    for (const value of [0.75, 0.25, 0.05]) {
      reached.push(rungs({ 7: value }, trials).completed)
      trials.push(trialOf(trials.length, { 7: value }))
    }
    expect(reached).toEqual([1, 2, 3])
  })

  test('the first trial goes on', () => {
    const reports: Record<number, number> = {}
    for (let step = 0; step < 10; step++) {
      reports[step] = 1
      expect(rungs(reports, []).stopped).toBe(false)
    }
    expect(rungs(reports, []).completed).toBe(4)
  })

  test('NaN stops a trial at a rung', () => {
    expect(rungs({ 1: nan }, [], { minResource: 2 }).stopped).toBe(false)
    expect(rungs({ 2: nan }, [], { minResource: 2 }).stopped).toBe(true)
  })

  test('one of η goes on; who went on is not asked again', () => {
    const others = [1, 2, 3, 4].map((value, i) => trialOf(i, { 1: value }))
    const pruner = successiveHalving({ reductionFactor: 2 })
    expect(prunes(pruner, { 1: 2 }, others)).toBe(false) // 1, 2, 2 of five: ⌊5 / 2⌋ = 2
    expect(prunes(pruner, { 1: 2.5 }, others)).toBe(true)
    expect(prunes(pruner, { 0: 9 }, others)).toBe(false)
    // It is alone at step 2, however bad its value at step 1 looks by now.
    expect(prunes(pruner, { 1: 3, 2: 9 }, others)).toBe(false)
    expect(prunes(pruner, { 1: 4 }, others, 'maximize')).toBe(false)
  })

  test('the first trials of a rung are stopped if asked for', () => {
    expect(rungs({ 1: 1 }, [], { bootstrapCount: 1 }).stopped).toBe(true)
    expect(rungs({ 1: 1 }, [trialOf(0, { 1: 2 })], { bootstrapCount: 1 }).stopped).toBe(false)
  })
})

describe('hyperband', () => {
  test('brackets of the paper: R = 81, η = 3', () => {
    // Table 1: n = 81, 34, 15, 8, 5 configurations for s = 4 … 0.
    expect(bracketSizes({ maxResource: 81 })).toEqual([81, 34, 15, 8, 5])
  })

  test('get their share of the trials', () => {
    const sizes = [81, 34, 15, 8, 5]
    const counts = sizes.map(() => 0)
    for (let number = 0; number < 14300; number++)
      counts[bracketOf(number, sizes)] = (counts[bracketOf(number, sizes)] ?? 0) + 1
    for (const [i, size] of sizes.entries())
      expect(Math.abs((counts[i] ?? 0) - 100 * size)).toBeLessThan(5 * Math.sqrt(100 * size))
  })

  test('stop at their own rungs, among their own trials', () => {
    const sizes = bracketSizes({ maxResource: 9 })
    const inBracket = (bracket: number) =>
      Array.from({ length: 60 }, (_, i) => i).filter((i) => bracketOf(i, sizes) === bracket)
    const pruner = hyperband({ maxResource: 9 })
    const decide = (own: number, others: readonly number[], step: number) => {
      const trial = trialOf(own, { [step]: 2 })
      return pruner.prune(view([...others.map((i) => trialOf(i, { [step]: 1 })), trial]), trial)
    }
    const [first, second] = [inBracket(0), inBracket(1)]
    expect(decide(first[0] as number, first.slice(1, 5), 1)).toBe(true)
    expect(decide(first[0] as number, second.slice(0, 5), 1)).toBe(false)
    expect(decide(second[0] as number, second.slice(1, 5), 1)).toBe(false)
    expect(decide(second[0] as number, second.slice(1, 5), 3)).toBe(true)
    expect(decide(first[0] as number, first.slice(1, 5), 9)).toBe(false)
  })
})
