// Data for plots.

import { expect, test } from 'vitest'
import {
  contour,
  createStudy,
  intermediateValues,
  optimizationHistory,
  parallelCoordinates,
  quasiRandom,
  slices,
  type Trial,
} from '../src/index.ts'

const rates = [1, 1e-2, 1e-1, 1e-3, 1e-4]
const values = [3, 1, Number.NaN, 2, 0.5]

function objective(trial: Trial): number {
  trial.float('rate', 1e-4, 1, { log: true })
  if (trial.categorical('kind', ['a', 'b']) === 'b') trial.int('n', 1, 4)
  trial.report(2, 20 + trial.number)
  trial.report(1, 10)
  if (trial.number === 3) trial.prune()
  return values[trial.number] as number
}

const studyOf = async (direction: 'minimize' | 'maximize' = 'minimize') => {
  const study = createStudy({ direction })
  for (const [i, kind] of ['a', 'b', 'a', 'b', 'b'].entries()) study.enqueue({ rate: rates[i], kind, n: 1 + (i % 4) })
  await study.optimize(objective, { trials: 5 })
  return study
}

test('the history: complete trials, and the best value so far in the direction of the study', async () => {
  expect(optimizationHistory(await studyOf())).toEqual([
    { trial: 0, value: 3, best: 3 },
    { trial: 1, value: 1, best: 1 },
    { trial: 4, value: 0.5, best: 0.5 },
  ])
  const up = await studyOf('maximize')
  expect(optimizationHistory(up).map(({ best }) => best)).toEqual([3, 3, 3])
  expect(optimizationHistory(up, { target: ({ number }) => -number })[2]).toEqual({
    ...{ trial: 4, value: -4, best: undefined },
  })
  expect(() => optimizationHistory(up, { target: 1 })).toThrow('there is no such value')
})

test('intermediate values: in the order of steps, of trials of every state', async () => {
  const study = await studyOf()
  study.ask().report(7, Number.NaN)
  const reports = intermediateValues(study)
  expect(reports.map(({ state }) => state)).toEqual(['complete', 'complete', 'failed', 'pruned', 'complete', 'running'])
  expect(reports[3]).toEqual({ trial: 3, state: 'pruned', points: [{ step: 1, value: 10 }, { step: 2, value: 23 }] }) // biome-ignore format: one line
  expect(reports[5]?.points).toEqual([{ step: 7, value: Number.NaN }])
})

test('slices: the trials that have a parameter, over its value', async () => {
  const [rate, kind, n] = slices(await studyOf())
  expect(rate).toEqual({
    parameter: 'rate',
    domain: { type: 'float', low: 1e-4, high: 1, log: true },
    points: [
      { trial: 0, at: 1, value: 3 },
      { trial: 1, at: 1e-2, value: 1 },
      { trial: 4, at: 1e-4, value: 0.5 },
    ],
  })
  expect(kind?.points.map(({ at }) => at)).toEqual(['a', 'b', 'b'])
  expect(n?.points).toEqual([
    { trial: 1, at: 2, value: 1 },
    { trial: 4, at: 1, value: 0.5 },
  ])
  expect(slices(await studyOf(), { parameters: ['n'] }).map(({ parameter }) => parameter)).toEqual(['n'])
  expect(() => slices(createStudy(), { parameters: ['n'] })).toThrow(`no complete trial has a parameter 'n'`)
})

test('parallel coordinates: places on the scale of each axis, none where there is no parameter', async () => {
  const { axes, lines } = parallelCoordinates(await studyOf())
  expect(axes.map(({ parameter }) => parameter)).toEqual(['rate', 'kind', 'n'])
  expect(lines.map(({ trial, value }) => [trial, value])).toEqual([[0, 3], [1, 1], [4, 0.5]]) // biome-ignore format: one line
  expect(lines.map(({ places }) => places)).toEqual([
    [1, 0.25, undefined],
    [0.5, 0.75, 0.375],
    [0, 0.75, 0.125],
  ])
})

test('a contour: trials as points, and a surface over the widest domains that were asked for', async () => {
  const study = createStudy({ sampler: quasiRandom(), seed: 1 })
  const slope = (trial: Trial) =>
    trial.float('x', 0, trial.number < 50 ? 1 : 2) + 3 * trial.int('n', 1, 3) + 0 * trial.float('other', 0, 1)
  await study.optimize(slope, { trials: 200 })
  const { x, y, points, surface } = contour(study, 'x', 'n', { resolution: 8 })
  expect(x).toEqual({ parameter: 'x', domain: { type: 'float', low: 0, high: 2 } })
  expect(y.domain).toEqual({ type: 'int', low: 1, high: 3 })
  expect(points).toHaveLength(200)
  expect(points[9]).toEqual({ trial: 9, ...pick(study.trials()[9]?.parameters), value: study.trials()[9]?.values?.[0] })
  expect(surface.x).toEqual([0.125, 0.375, 0.625, 0.875, 1.125, 1.375, 1.625, 1.875])
  expect(surface.y).toEqual([1, 2, 3])
  for (const [i, row] of surface.values.entries())
    for (const [j, value] of row.entries())
      expect(Math.abs(value - (Number(surface.x[i]) + 3 * Number(surface.y[j])))).toBeLessThan(0.25)
})

const pick = (parameters: Readonly<Record<string, unknown>> = {}) => ({ x: parameters['x'], y: parameters['n'] })

test('a contour over choices has them as they are', async () => {
  const study = createStudy({ seed: 1 })
  const kinds = (trial: Trial) =>
    ({ a: 0, b: 5, c: 1 })[trial.categorical('kind', ['a', 'b', 'c'])] + 0 * trial.float('x', 0, 1)
  await study.optimize(kinds, { trials: 40 })
  const { surface } = contour(study, 'kind', 'x', { resolution: 2 })
  expect(surface.x).toEqual(['a', 'b', 'c'])
  expect(surface.values).toEqual([[0, 0], [5, 5], [1, 1]]) // biome-ignore format: one line
  const huge = createStudy({ seed: 1 })
  await huge.optimize((trial) => (kinds(trial) - 2.5) * 5e307, { trials: 40 })
  const far = contour(huge, 'kind', 'x', { resolution: 2 }).surface.values.flat()
  expect(far.map((value) => value / 5e307 + 2.5)).toEqual([0, 0, 5, 5, 1, 1].map((value) => expect.closeTo(value, 9)))
  expect(() => contour(study, 'kind', 'y')).toThrow(`no complete trial has a parameter 'y'`)
  expect(() => contour(study, 'kind', 'x', { resolution: 1 })).toThrow('resolution')
})
