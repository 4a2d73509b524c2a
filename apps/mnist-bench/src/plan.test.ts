import { availableParallelism } from 'node:os'
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

it.each([
  ['srivastava', 40, 128, 59_000],
  ['simard', 60, 128, 55_000],
  ['cnn-augmented', 10, 64, 55_000],
])('%s trains its one configuration with three seeds for at most %i epochs', (preset, epochs, batchSize, train) => {
  const settings = settingsFrom({ preset, out: '.' })
  expect(settings).toMatchObject({ configurations: [preset], train, validation: 60_000 - train, finalEpochs: 0 })
  const trials = plannedTrials(settings)
  expect(trials).toHaveLength(3)
  for (const trial of trials) expect(trial).toMatchObject({ configuration: preset, epochs, batchSize })
  expect(trials.filter(({ target }) => target !== undefined)).toEqual([])
})

it('fastest-99 ends every trial at 99.2 % of the validation images', () => {
  const settings = settingsFrom({ preset: 'fastest-99', out: '.' })
  const trials = plannedTrials(settings)
  expect(trials).toHaveLength(3 * settings.configurations.length)
  expect(trials.map(({ target }) => target)).toEqual(trials.map(() => 0.992))
  // As many trials at a time as have the threads to themselves: they are timed.
  expect(settings.threads * settings.workers).toBeLessThanOrEqual(Math.max(2, availableParallelism()))
})

it('takes a target from the command line in percent, and leaves the final run out for it', () => {
  const settings = settingsFrom({ preset: 'default', out: '.', target: 97.5 })
  expect(settings).toMatchObject({ target: 0.975, finalEpochs: 0 })
  expect(plannedTrials(settings)[0]?.target).toBe(0.975)
})

it('keeps the hidden layers that belong to a configuration, whatever those of the run are', () => {
  const settings = settingsFrom({ preset: 'default', out: '.', hidden: [16], configurations: ['srivastava', 'l2'] })
  const hidden = plannedTrials(settings).map((trial) => [trial.configuration, trial.hidden])
  expect(Object.fromEntries(hidden)).toEqual({ srivastava: [1024, 1024, 1024], l2: [16] })
})

it('estimates the work of a trial by its multiply-adds', () => {
  const request = { seed: 1, epochs: 2, batchSize: 10, hidden: [32], trackTraining: false }
  const perceptron = 784 * 32 + 320 + 4 * 10_000
  expect(workOf({ ...request, configuration: 'none' }, 100, 10)).toBe(2 * perceptron * 310)
  expect(workOf({ ...request, configuration: 'cnn' }, 100, 10)).toBeGreaterThan(2 * 18e6 * 310)
})
