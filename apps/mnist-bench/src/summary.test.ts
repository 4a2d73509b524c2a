import { expect, it } from 'vitest'
import { Results } from './results.ts'
import { loadSamples } from './samples.ts'
import { settingsFrom } from './settings.ts'
import { summarize } from './summary.ts'
import type { TrialOutcome } from './trial.ts'

const samples = await loadSamples({ data: 'generated', train: 40, validation: 20 })
const settings = settingsFrom({ preset: 'fastest-99', out: '.', configurations: ['none', 'l2', 'lenet5-one-cycle'] })
const facts = { settings, samples, began: new Date(0), backend: { name: 'none', version: '0', threads: 1 } }

function outcome(seed: number, seconds: number | null): TrialOutcome {
  const zeros = { trainLoss: 0, validationLoss: 0, validationAccuracy: 0, testAccuracy: 0, generalizationGap: 0 }
  const target = { accuracy: 0.992, seconds, preparationSeconds: 0.1 }
  const figures = { seed, ...zeros, zeroWeights: 0, weightNorm: 1, epochs: 1, seconds: 1, secondsPerEpoch: 1 }
  return {
    figures: { ...figures, stopped: null, target },
    ...{ history: [], parameters: {}, state: {}, testOutputs: new Float32Array() },
  }
}

it('estimates the seconds to an accuracy where all finished trials reached it', () => {
  const results = new Results(settings)
  const add = (configuration: string, seed: number, seconds: number | null) => {
    const request = { configuration, seed, epochs: 1, batchSize: 10, hidden: [4], trackTraining: false, target: 0.992 }
    results.add({ request, outcome: outcome(seed, seconds), final: false })
  }
  for (const [seed, seconds] of [9, 10, 11].entries()) add('none', seed + 1, seconds)
  add('l2', 1, 9)
  add('l2', 2, null)
  const summary = summarize(facts, results, { status: 'complete', seconds: 1 })
  expect(summary.settings.target).toBe(0.992)
  const [none, l2, notYet] = summary.configurations.map(({ secondsToTarget }) => secondsToTarget)
  // Student's t with 2 degrees of freedom is 4.303; s is 1.
  expect(none?.mean).toBe(10)
  expect(none?.ci95).toBeCloseTo(4.303 / Math.sqrt(3), 3)
  expect([l2, notYet]).toEqual([null, null])
})
