// Callbacks that record a run: the suite of their kind, what they write, and that a resumed run leaves the same behind as an uninterrupted one.

import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ort } from '@gradwerk/backend-ort'
import { type Backend, type Callback, OptionError, reference, valueOf } from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { exponential, sgd } from '@gradwerk/optimizers'
import { l2 } from '@gradwerk/regularizers'
import { callbackSuite } from '@gradwerk/testing'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as trainer from '../src/index.ts'
import {
  bestCheckpoint,
  checkpoint,
  csvLog,
  DivergenceError,
  decodeCheckpoint,
  type FitOptions,
  type HistogramsOptions,
  histogramOf,
  histograms,
  jsonLinesLog,
  learningRateMonitor,
  progressLine,
  Trainer,
  type TrainerOptions,
  terminateOnNaN,
  timer,
} from '../src/index.ts'
import { clusters } from './data.ts'

const folder = mkdtempSync(join(tmpdir(), 'gradwerk-reporting-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const fresh = () => join(folder, `${files++}`)

/** Seconds that have passed, for the timer. */
let clock = 0
let written = ''
beforeEach(() => {
  clock = 0
  written = ''
  vi.spyOn(performance, 'now').mockImplementation(() => clock * 1000)
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text)
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

const registries = { registries: [trainer] }
callbackSuite(checkpoint, [{ plugin: checkpoint({ path: fresh(), everySteps: 2, keepLast: 2 }) }], registries)
callbackSuite(
  bestCheckpoint,
  [
    { plugin: bestCheckpoint(fresh()) },
    { plugin: bestCheckpoint({ path: fresh(), monitor: 'validation.accuracy' }), title: 'of accuracy' },
  ],
  registries,
)
callbackSuite(csvLog, [{ plugin: csvLog(fresh()) }], registries)
callbackSuite(jsonLinesLog, [{ plugin: jsonLinesLog(fresh()) }], registries)
callbackSuite(learningRateMonitor, [{ plugin: learningRateMonitor() }], registries)
callbackSuite(terminateOnNaN, [{ plugin: terminateOnNaN() }], registries)
callbackSuite(timer, [{ plugin: timer() }, { plugin: timer({ limitSeconds: 5 }) }], registries)
callbackSuite(progressLine, [{ plugin: progressLine({ everySteps: 2 }) }], registries)
callbackSuite(
  histograms,
  [{ plugin: histograms(fresh()) }, { plugin: histograms({ path: fresh(), of: ['updates'], everyEpochs: 2 }) }],
  registries,
)

const data = clusters(60)
const plain: TrainerOptions = {
  model: dense(3),
  loss: softmaxCrossEntropy(),
  optimizer: sgd(0.1),
  backend: reference(),
  stepsPerCall: 1,
  onWarning: () => undefined,
}
function fit(callbacks: readonly Callback[], how: Partial<FitOptions> = {}, options: Partial<TrainerOptions> = {}) {
  const all = { epochs: 4, batchSize: 20, validation: 0.2, ...how }
  return new Trainer({ metrics: [accuracy()], ...plain, ...options, callbacks }).fit(data, all)
}
const hook = (hooks: Partial<Callback>): Callback => ({ kind: 'callback', name: 'mine', options: {}, ...hooks })
const read = (path: string) => readFileSync(path, 'utf8')
const lines = (path: string) => read(path).trimEnd().split('\n')

describe('logs', () => {
  it('hold a row for each epoch, with the figures of other callbacks, also of later ones', async () => {
    const [csv, json] = [fresh(), fresh()]
    const run = await fit([csvLog(csv), jsonLinesLog(json), learningRateMonitor()])
    const [header, ...rows] = lines(csv)
    expect(header).toBe('epoch,steps,objective,loss,validation.loss,validation.accuracy,callbacks.learningRate')
    expect(rows).toHaveLength(4)
    for (const [i, row] of rows.entries()) {
      const { epoch, steps, objective, loss, validation } = run.history[i] as (typeof run.history)[number]
      const rate = Math.fround(0.1)
      expect(row.split(',').map(Number)).toEqual([
        epoch,
        steps,
        objective,
        loss,
        validation?.['loss'],
        validation?.['accuracy'],
        rate,
      ])
    }
    expect(lines(json).map((line) => JSON.parse(line))).toEqual(run.history)
  })

  it('have no row twice after a resume from an earlier checkpoint, nor from a log that is ahead', async () => {
    const [csv, json, hist, saved] = [fresh(), fresh(), fresh(), fresh()]
    const keepSecond = hook({
      onEpochEnd: (_, { epoch }) =>
        epoch === 2 ? { save: (bytes) => trainer.writeAtomically(saved, bytes) } : undefined,
    })
    const make = (): Callback[] => [
      csvLog(csv),
      jsonLinesLog(json),
      histograms({ path: hist, of: ['parameters', 'gradients', 'updates'], bins: 8 }),
      keepSecond,
    ]
    await fit(make())
    const [whole, wholeJson, wholeHist] = [csv, json, hist].map(read)
    expect(lines(hist)).toHaveLength(4 * 3 * 2)
    // A process killed while it wrote.
    appendFileSync(hist, '{"epoch":1,"na')
    await fit(make(), { resume: saved })
    expect(read(csv)).toBe(whole)
    expect(read(json)).toBe(wholeJson)
    expect(read(hist)).toBe(wholeHist)
  })

  it('a run that starts afresh replaces them', async () => {
    const [csv, hist] = [fresh(), fresh()]
    await fit([csvLog(csv), histograms(hist)])
    const [once, first] = [read(csv), read(hist)]
    await fit([csvLog(csv), histograms(hist)])
    expect(read(csv)).toBe(once)
    expect(read(hist)).toBe(first)
  })

  it('name the file that cannot be written', async () => {
    const file = fresh()
    await fit([csvLog(file)])
    await expect(fit([csvLog(join(file, 'inside'))])).rejects.toThrow(/inside: the file cannot be written/)
  })
})

describe('checkpoints', () => {
  const stepOf = (path: string) => decodeCheckpoint(readFileSync(path)).step

  it('the last three are kept, the newest at the path', async () => {
    const path = fresh()
    const run = await fit([checkpoint({ path, keepLast: 3 })], { epochs: 5 })
    const perEpoch = run.steps / 5
    expect([path, `${path}.1`, `${path}.2`].map(stepOf)).toEqual([5, 4, 3].map((epoch) => epoch * perEpoch))
    expect(existsSync(`${path}.3`)).toBe(false)
    const resumed = await fit([checkpoint({ path, keepLast: 3 })], { epochs: 5, resume: `${path}.2` })
    expect(resumed.snapshot).toEqual(run.snapshot)
  })

  it('the best is kept, also over a resume', async () => {
    const path = fresh()
    const kept: Uint8Array[] = []
    const keep = hook({ onEpochEnd: () => ({ save: (bytes) => void kept.push(bytes) }) })
    // Grows worse after the second epoch: the rate explodes.
    const optimizer = sgd({ kind: 'schedule', name: 'up', options: {}, at: (step) => (step < 6 ? 0.1 : -1) })
    const run = await fit([keep, bestCheckpoint(path)], {}, { optimizer })
    const losses = run.history.map(({ validation }) => validation?.['loss'] as number)
    expect(losses.indexOf(Math.min(...losses))).toBe(1)
    expect(decodeCheckpoint(readFileSync(path)).history).toHaveLength(2)
    const other = fresh()
    copyFileSync(path, other)
    await fit([hook({}), bestCheckpoint(other)], { resume: kept[2] as Uint8Array }, { optimizer })
    expect(readFileSync(other).equals(readFileSync(path))).toBe(true)
  })

  it('a monitor whose mode is not evident needs one', () => {
    expect(() => bestCheckpoint({ path: 'x', monitor: 'validation.odd' })).toThrow(OptionError)
    expect(bestCheckpoint({ path: 'x', monitor: 'validation.odd', mode: 'max' }).options).toMatchObject({ mode: 'max' })
  })
})

describe('hyper-parameters', () => {
  it('are those of the last step, with schedules and factors', async () => {
    const halve = hook({ onEpochEnd: (_, { epoch }) => (epoch === 2 ? { learningRateFactor: 0.5 } : undefined) })
    const optimizer = sgd({ learningRate: exponential({ from: 0.1, factor: 0.5, every: 3 }), momentum: 0.9 })
    const monitor = learningRateMonitor({ names: ['learningRate', 'momentum'] })
    const run = await fit([halve, monitor], {}, { optimizer })
    const rates = run.history.map(({ callbacks }) => callbacks?.['learningRate'])
    // Steps 2, 5, 8 and 11 are the last of their epochs; the factor acts from the third on.
    for (const [i, step] of [2, 5, 8, 11].entries())
      expect(rates[i]).toBeCloseTo(0.1 * 0.5 ** (step / 3) * (i < 2 ? 1 : 0.5), 7)
    expect(run.history[0]?.callbacks?.['momentum']).toBeCloseTo(0.9, 6)
  })

  it('that the optimizer does not have are named', async () => {
    await expect(fit([learningRateMonitor({ names: ['beta'] })])).rejects.toThrow(
      /learningRateMonitor: the optimizer has no hyper-parameter 'beta'; expected one of learningRate/,
    )
  })
})

describe('numbers that are not finite', () => {
  const diverging = { model: sequential([dense(8), relu(), dense(3)]), optimizer: sgd(1e30) }

  it('end a run that is watched, with its last good numbers, and say cause, step and parameters', async () => {
    const seen: unknown[] = []
    const watch = hook({ onDivergence: (_, record) => void seen.push(record) })
    const run = await fit([watch, terminateOnNaN()], {}, diverging)
    const { step } = seen[0] as { step: number }
    expect(run.stopped).toMatch(new RegExp(`^the loss is (NaN|Infinity) at step ${step} \\(epoch 1\\); `))
    expect(run.steps).toBe(step - 1)
    for (const { data } of Object.values(run.snapshot.parameters))
      expect(Array.from(data, Number).every(Number.isFinite)).toBe(true)
  })

  it('name the penalty, and the parameters', async () => {
    const run = await fit([terminateOnNaN()], {}, { regularizers: [l2(1e39)] })
    expect(run.stopped).toMatch(/^the penalties make the objective Infinity at step 1 \(epoch 1\); not finite: kernel/)
  })

  it('fail a run that nobody watches, also where a callback only looks', async () => {
    await expect(fit([hook({ onDivergence: () => undefined })], {}, diverging)).rejects.toThrow(DivergenceError)
  })

  it('of an evaluation end the run too', () => {
    const record = { epoch: 2, steps: 8, objective: 1, loss: 1, validation: { loss: Number.NaN } }
    expect(terminateOnNaN().onEpochEnd?.({} as never, record)).toEqual({
      stop: 'validation.loss is NaN after step 8 (epoch 2)',
    })
  })
})

describe('timer', () => {
  it('measures epochs, counts on after a resume, and ends a run whose time is over', async () => {
    const kept: Uint8Array[] = []
    const tick = () =>
      hook({
        onSteps() {
          clock += 2
        },
      })
    const keep = hook({ onEpochEnd: () => ({ save: (bytes) => void kept.push(bytes) }) })
    const run = await fit([tick(), timer(), keep], { batchSize: 16 })
    const perEpoch = (2 * run.steps) / 4
    expect(run.history.map(({ callbacks }) => callbacks)).toEqual(
      [1, 2, 3, 4].map((epoch) => ({ seconds: perEpoch, totalSeconds: epoch * perEpoch })),
    )
    clock = 1000
    const resumed = await fit([tick(), timer(), hook({})], { batchSize: 16, resume: kept[1] as Uint8Array })
    expect(resumed.history.at(-1)?.callbacks).toEqual({ seconds: perEpoch, totalSeconds: 4 * perEpoch })
    const limited = await fit([tick(), timer(5)])
    expect(limited.stopped).toBe('the time of 5 s is over at step 3')
  })
})

it('progress is a plain line for each epoch, and in between on request', async () => {
  await fit([progressLine({ everySteps: 2 })], { epochs: 1, batchSize: 10 })
  const said = written.trimEnd().split('\n')
  expect(said).toHaveLength(3)
  expect(said[0]).toMatch(/^epoch 1\/1, step 2\/5: loss [\d.]+$/)
  expect(said[2]).toMatch(/^epoch 1\/1, step 5\/5: loss [\d.]+, validation.loss [\d.]+, validation.accuracy [\d.]+$/)
})

describe('histograms', () => {
  it('count what lies in the bins, outside, and nowhere', () => {
    const of = (...x: number[]) => histogramOf(valueOf('float32', [x.length], x), 4, 1)
    expect(of(-1, -0.5, 0, 0.25, 1, 1.5, -7, Number.NaN)).toMatchObject({
      low: -1,
      high: 1,
      counts: [1, 1, 2, 1],
      below: 1,
      above: 1,
      notFinite: 1,
    })
    const { mean, standardDeviation } = of(1, 2, 3, 6)
    expect([mean, standardDeviation]).toEqual([3, Math.sqrt(3.5)])
    expect(of(Infinity)).toMatchObject({ mean: null, notFinite: 1 })
  })

  it('refuse what cannot be', () => {
    for (const wrong of [{ bins: 0 }, { of: [] }, { of: ['weights'] }, { gradientLimit: 0 }])
      expect(() => histograms({ path: 'x', ...wrong } as HistogramsOptions)).toThrow(OptionError)
  })

  it.each<[string, () => Backend]>([
    ['reference', () => reference()],
    ['ort', () => ort({ threads: 1 })],
  ])('the gradients on %s are those that the next step uses', async (_, backend) => {
    const [rate, gradients, weights]: [number, number[][], number[][]] = [0.1, [], []]
    const kernel = (values: { readonly [name: string]: { readonly data: ArrayLike<number | bigint> } }) =>
      Array.from(values['kernel']?.data ?? [], Number)
    const look = hook({
      async onSteps(run) {
        weights.push(kernel(run.snapshot().parameters))
        gradients.push(kernel(await run.gradients()))
      },
    })
    // 48 samples: the last batch of an epoch is a short one.
    await fit([look], { epochs: 2 }, { backend: backend(), optimizer: sgd(rate), regularizers: [l2(0.01)] })
    expect(gradients).toHaveLength(6)
    for (let i = 0; i < 5; i++)
      for (const [j, before] of (weights[i] as number[]).entries())
        expect(weights[i + 1]?.[j]).toBeCloseTo(before - rate * (gradients[i]?.[j] as number), 6)
  })

  it('change no result', async () => {
    const without = await fit([])
    const withThem = await fit([histograms({ path: fresh(), of: ['parameters', 'gradients', 'updates'] })])
    expect(withThem.snapshot).toEqual(without.snapshot)
    expect(withThem.history).toEqual(without.history)
  })
})
