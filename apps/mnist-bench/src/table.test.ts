import { describe, expect, it } from 'vitest'
import { remarks } from './remarks.ts'
import { styleFor } from './style.ts'
import type { Summary } from './summary.ts'
import { datasetLine, interval, resultTable } from './table.ts'
import type { Figures } from './trial.ts'

const trial: Figures = {
  seed: 1,
  trainLoss: 0.0123,
  validationLoss: 0.2,
  validationAccuracy: 0.9601,
  testAccuracy: 0.9655,
  generalizationGap: 0.1877,
  zeroWeights: 0.724,
  weightNorm: 14.04,
  epochs: 12,
  seconds: 4.2,
  secondsPerEpoch: 0.256,
  stopped: null,
  target: null,
}
const estimates = {
  trainLoss: null,
  validationAccuracy: null,
  testAccuracy: { mean: 0.9655, ci95: 0.0014 },
  generalizationGap: null,
  secondsToTarget: null,
}
const failure = { seed: 2, problem: 'Trainer.fit: the loss is NaN at step 3 (epoch 1)', step: 3, epoch: 1 }
const summary: Summary = {
  preset: 'default',
  date: '2026-01-01T00:00:00.000Z',
  status: 'complete',
  seconds: 75,
  dataset: { name: 'generated-digits', real: false, train: 10_000, validation: 2_000, test: 2_000 },
  settings: {
    seeds: 3,
    epochs: 12,
    finalEpochs: 12,
    batchSize: 128,
    hidden: [384, 128],
    deepHidden: [64],
    workers: 2,
    threads: 1,
    target: null,
  },
  machine: {},
  versions: {},
  configurations: [
    { name: 'l1', options: {}, trials: [trial, { ...trial, epochs: 9 }], failures: [failure], ...estimates },
    { name: 'init-he', options: {}, trials: [], failures: [failure], ...estimates, testAccuracy: null },
  ],
  final: { configuration: 'l1', train: 20_000, ...trial },
  best: {
    configuration: 'l1',
    seed: 1,
    train: 20_000,
    validationAccuracy: 0.9601,
    testAccuracy: 0.9655,
    model: 'model.onnx',
    sha256: '',
    maxAbsDifference: 1e-6,
    comparedImages: 2_000,
    differentPredictions: 0,
  },
}
const style = styleFor({ isTTY: false })

describe('resultTable', () => {
  const lines = resultTable(summary, style)
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))

  it('has a column for every figure and a row for every configuration', () => {
    expect(lines[0]).toEqual([
      'train loss',
      'validation',
      'test accuracy',
      'gap',
      'zero weights',
      'weight norm',
      'epochs',
      'seconds',
      's / epoch',
    ])
    expect(lines[1]).toEqual([
      'l1',
      '0.012',
      '96.01 %',
      '96.55 ± 0.14 %',
      '0.188',
      '72.4 %',
      '14.0',
      '10.5',
      '4.2',
      '0.26',
    ])
    expect(lines[3]).toEqual(['init-he', '–', '–', 'failed', '–', '–', '–', '–', '–', '–'])
    expect(lines.at(-1)?.slice(0, 4)).toEqual(['l1, 20,000 images', '0.012', '96.01 %', '96.55 %'])
  })

  it('does not call failed what was only not reached', () => {
    const [, deep] = summary.configurations
    const unreached = { ...summary, configurations: deep === undefined ? [] : [{ ...deep, failures: [] }] }
    expect(resultTable(unreached, style)).not.toContain('failed')
  })

  it('keeps its columns in line', () => {
    const widths = new Set(
      resultTable(summary, style)
        .split('\n')
        .map((line) => line.length),
    )
    expect(widths.size).toBe(1)
  })
})

describe('what stands around the table', () => {
  it('labels generated digits above and below', () => {
    expect(datasetLine(summary.dataset)).toMatch(/^NOT MNIST but generated-digits: 10,000 training/)
    expect(remarks(summary).join('\n')).toContain('NOT on MNIST')
    const real = { ...summary, dataset: { ...summary.dataset, name: 'mnist', real: true } }
    expect(datasetLine(real.dataset)).toMatch(/^mnist: /)
    expect(remarks(real).join('\n')).not.toContain('NOT')
  })

  it('tells what failed and which model was exported', () => {
    const text = remarks(summary).join('\n')
    expect(text).toContain('init-he, seed 2, failed: Trainer.fit: the loss is NaN at step 3 (epoch 1)')
    expect(text).toContain('the same prediction for all 2,000 test images, outputs within 1e-6')
    expect(text).toContain('Done after 1:15 with 2 workers.')
  })

  it('leaves the interval out where there is none', () => {
    expect(interval({ mean: 0.5, ci95: null })).toBe('50.00 %')
  })
})

describe('seconds to an accuracy', () => {
  const timed = (seconds: number | null) => ({
    ...trial,
    target: { accuracy: 0.99, seconds, preparationSeconds: 0.25 },
  })
  const of = (name: string, trials: Figures[], mean: number | null) => ({
    ...{ name, options: {}, trials, failures: [], ...estimates },
    secondsToTarget: mean === null ? null : { mean, ci95: 0.62 },
  })
  const run: Summary = {
    ...summary,
    settings: { ...summary.settings, target: 0.99 },
    configurations: [
      of('lenet5-one-cycle', [timed(9), timed(11)], 10),
      of('small-cnn-one-cycle', [timed(12), timed(null)], null),
    ],
    final: null,
  }

  it('stand in a column of their own, where all trials reached it', () => {
    const cells = resultTable(run, style)
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/).at(-1))
    expect(cells).toEqual(['s to 99 %', '10.0 ± 0.6', '', '–'])
    expect(resultTable(summary, style)).not.toContain('s to')
  })

  it('are explained below the table', () => {
    const text = remarks(run).join('\n')
    expect(text).toContain('s to 99 %: until an epoch ends with so much validation accuracy')
    expect(text).toContain('0.25 s before the first step')
    expect(text).toContain('small-cnn-one-cycle: 1 of 2 trials reached 99 %.')
    expect(text).not.toContain('lenet5-one-cycle: ')
    expect(remarks(summary).join('\n')).not.toContain('s to')
  })
})
