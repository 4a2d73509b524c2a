import { expect, it } from 'vitest'
import { pruningEffects } from './effects.ts'
import type { SearchSummary } from './summary.ts'

function search(pruner: string, seed: number, epochs: number, bestAfter: readonly number[]): SearchSummary {
  const best = { trial: 0, parameters: {}, validationAccuracy: bestAfter.at(-1) ?? Number.NaN }
  const trials = { complete: bestAfter.length, pruned: 0, diverged: 0, failed: 0 }
  const like = { configuration: 'l2', sampler: 'random', space: {}, winner: null }
  return { ...like, name: '', group: `l2 ${pruner}`, pruner, seed, trials, epochs, best, bestAfter }
}

const settings = { trials: 4, epochs: 10 }
const without = [
  search('none', 1, 40, [0.8, 0.9, 0.9, 0.95]),
  search('none', 2, 40, [0.5, 0.5, 0.5, 0.5]),
  search('none', 3, 40, [0.1, 0.7, 0.8, 0.9]),
]

it('compares searches that differ by pruning alone, by medians over their seeds', () => {
  const searches = [
    ...without,
    search('asha', 1, 20, [0.8, 0.8, 0.8, 0.94]),
    search('asha', 2, 10, [0.5, 0.5, 0.5, 0.6]),
    search('asha', 3, 12, [0.1, 0.7, 0.8, 0.9]),
  ]
  const [effect, ...others] = pruningEffects(searches, settings)
  expect(others).toEqual([])
  expect(effect).toMatchObject({ configuration: 'l2', sampler: 'random', pruner: 'asha', epochs: 0.3, accuracy: 0 })
  expect(effect?.bySeed.map(({ epochs }) => epochs)).toEqual([0.5, 0.25, 0.3])
  // 20, 10 and 12 epochs are 2, 1 and 1 whole trials: 0.9 − 0.95, 0.5 − 0.5 and 0.1 − 0.9.
  expect(effect?.accuracyOfFewer).toBeCloseTo(-0.05, 12)
})

it('waits until both are through', () => {
  expect(pruningEffects([...without, search('asha', 1, 5, [0.8])], settings)).toEqual([])
  expect(pruningEffects([search('asha', 1, 20, [0.8, 0.8, 0.8, 0.94])], settings)).toEqual([])
})
