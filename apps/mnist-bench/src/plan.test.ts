import { expect, it } from 'vitest'
import { configurationsOn } from './configurations.ts'
import { plannedTrials, workOf } from './plan.ts'
import { settingsFrom } from './settings.ts'

it('keeps the large networks out of the comparison of perceptrons', () => {
  const { configurations, threads } = settingsFrom({ preset: 'default', out: '.' })
  expect(configurations).toEqual(configurationsOn('perceptron', 'deep'))
  expect(threads).toBe(1)
})

it.each(['lenet5', 'cnn'])('%s trains one network with three seeds, on two threads, without a final run', (preset) => {
  const settings = settingsFrom({ preset, out: '.' })
  expect(settings).toMatchObject({
    configurations: [preset],
    train: 55_000,
    validation: 5_000,
    threads: 2,
    finalEpochs: 0,
  })
  expect(plannedTrials(settings).map(({ seed, trackTraining }) => [seed, trackTraining])).toEqual([
    [1, false],
    [2, false],
    [3, false],
  ])
  expect(settingsFrom({ preset, out: '.', threads: 1, workers: 3 })).toMatchObject({ threads: 1, workers: 3 })
})

it('estimates the work of a trial by its multiply-adds', () => {
  const request = { seed: 1, epochs: 2, batchSize: 10, hidden: [32], trackTraining: false }
  const perceptron = 784 * 32 + 320 + 4 * 10_000
  expect(workOf({ ...request, configuration: 'none' }, 100, 10)).toBe(2 * perceptron * 310)
  expect(workOf({ ...request, configuration: 'cnn' }, 100, 10)).toBeGreaterThan(2 * 18e6 * 310)
})
