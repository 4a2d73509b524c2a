import { describe, expect, it } from 'vitest'
import { competes, Results } from './results.ts'
import type { Figures, TrialOutcome } from './trial.ts'

const figures: Figures = {
  seed: 1,
  trainLoss: 0.1,
  validationLoss: 0.3,
  validationAccuracy: 0.9,
  testAccuracy: 0.91,
  generalizationGap: 0.2,
  zeroWeights: 0,
  weightNorm: 10,
  epochs: 2,
  seconds: 1,
  secondsPerEpoch: 0.5,
  stopped: null,
  target: null,
}

function candidate(configuration: string, changes: Partial<Figures>, final = false) {
  const request = { configuration, seed: changes.seed ?? 1, epochs: 2, batchSize: 10, hidden: [4], trackTraining: true }
  const history = [{ epoch: 1, steps: 5, objective: 1, loss: 1 }]
  const outcome: TrialOutcome = {
    figures: { ...figures, ...changes },
    history,
    parameters: {},
    state: {},
    testOutputs: new Float32Array(),
  }
  return { request, outcome, final }
}

describe('Results', () => {
  it('chooses the winner by mean validation accuracy, whatever the test accuracy', () => {
    const results = new Results({ configurations: ['none', 'l2'] })
    results.add(candidate('none', { seed: 1, validationAccuracy: 0.99 }))
    results.add(candidate('none', { seed: 2, validationAccuracy: 0.81, testAccuracy: 0.999 }))
    results.add(candidate('l2', { seed: 1, validationAccuracy: 0.91 }))
    results.add(candidate('l2', { seed: 2, validationAccuracy: 0.92 }))
    expect(results.winner()).toEqual({ configuration: 'l2', seed: 2 })
    expect(results.best?.request).toMatchObject({ configuration: 'none', seed: 1 })
  })

  it('does not depend on the order in which trials finish', () => {
    const all = [candidate('none', { seed: 2 }), candidate('l2', { seed: 1 }), candidate('none', { seed: 1 })]
    const [a, b] = [all, all.toReversed()].map((order) => {
      const results = new Results({ configurations: ['none', 'l2'] })
      for (const one of order) results.add(one)
      return results
    })
    expect(a?.epochLines()).toBe(b?.epochLines())
    expect(a?.groups).toEqual(b?.groups)
    expect(a?.best?.request).toEqual(b?.best?.request)
    expect(a?.best?.request).toMatchObject({ configuration: 'none', seed: 1 })
  })

  it('lets the deep network compete only alone', () => {
    expect(competes('init-he', ['none', 'init-he'])).toBe(false)
    expect(competes('none', ['none', 'init-he'])).toBe(true)
    expect(competes('init-he', ['init-he', 'init-zero'])).toBe(true)
    const results = new Results({ configurations: ['none', 'init-he'] })
    results.add(candidate('init-he', { validationAccuracy: 1 }))
    expect(results.winner()).toBeUndefined()
  })

  it('keeps failures apart from figures', () => {
    const results = new Results({ configurations: ['none'] })
    const { request } = candidate('none', { seed: 3 })
    results.addFailure(request, { problem: 'the loss is NaN', step: 4, epoch: 1 }, false)
    expect(results.groups[0]).toEqual({
      name: 'none',
      trials: [],
      failures: [{ seed: 3, problem: 'the loss is NaN', step: 4, epoch: 1 }],
    })
    expect(results.winner()).toBeUndefined()
  })
})
