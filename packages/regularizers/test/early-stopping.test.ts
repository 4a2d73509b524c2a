import { readFileSync } from 'node:fs'
import { OptionError } from '@gradwerk/core'
import * as regularizers from '@gradwerk/regularizers'
import { earlyStopping } from '@gradwerk/regularizers'
import { callbackSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { act, unasked, validationLosses } from './acted-run.ts'

callbackSuite(
  earlyStopping,
  [
    { plugin: earlyStopping(2), stopsAfter: 5 },
    { plugin: earlyStopping({ patience: 1, restoreBest: false }), stopsAfter: 4 },
    { plugin: earlyStopping({ patience: 2, restoreSlots: true, monitor: 'validation.accuracy' }), stopsAfter: 5 },
    { plugin: earlyStopping({ patience: 1, monitor: 'training.loss', minDelta: 0.09 }), stopsAfter: 3 },
    { plugin: earlyStopping(9), title: 'patience longer than the run' },
  ],
  { registries: [regularizers] },
)

interface KerasCase {
  readonly losses: readonly number[]
  readonly patience: number
  readonly stopped_epoch?: number
  readonly restored_epoch?: number
}
interface TfjsCase {
  readonly val_loss?: readonly number[]
  readonly metric?: readonly number[]
  readonly mode?: 'max'
  readonly min_delta?: number
  readonly patience?: number
  readonly stop_after: number
}
const tables: { keras: KerasCase[]; tfjs: TfjsCase[] } = JSON.parse(
  readFileSync(new URL('golden/early-stopping.json', import.meta.url), 'utf8'),
)

describe('decisions equal those of Keras, whose patience 0 is our 1 and whose epochs count from 0', () => {
  test.each(tables.keras)('%j', async ({ losses, patience, stopped_epoch, restored_epoch }) => {
    const callback = earlyStopping({ patience: Math.max(1, patience), restoreBest: restored_epoch !== undefined })
    const { epochs, stopped, ended } = await act(callback, validationLosses(...losses))
    expect(stopped).toBeDefined()
    if (stopped_epoch !== undefined) expect(epochs).toBe(stopped_epoch + 1)
    if (restored_epoch !== undefined) expect(ended.parameters).toBe(restored_epoch + 1)
  })
})

describe('decisions equal those of TensorFlow.js', () => {
  test.each(tables.tfjs)('%j', async ({ val_loss, metric = [], mode, min_delta = 0, patience = 1, stop_after }) => {
    const figures = (val_loss ?? metric).map((figure) => ({
      objective: 0,
      loss: 0,
      validation: { loss: figure, figure },
    }))
    const monitor = val_loss === undefined ? 'validation.figure' : 'validation.loss'
    const { epochs, stopped } = await act(earlyStopping({ patience, minDelta: min_delta, monitor, mode }), figures)
    expect(stopped).toBeDefined()
    expect(epochs).toBe(stop_after + 1)
  })
})

const rising = validationLosses(5, 3, 4, 6, 8)

describe('restoring', () => {
  test('brings back parameters and states of the best epoch, and leaves the slots', async () => {
    expect(await act(earlyStopping(2), rising)).toEqual({
      epochs: 4,
      stopped: 'validation.loss has not improved for 2 epochs; best 3 in epoch 2',
      ended: { parameters: 2, state: 2, slots: 4 },
    })
  })

  test('brings back the slots on request', async () => {
    const { ended } = await act(earlyStopping({ patience: 2, restoreSlots: true }), rising)
    expect(ended).toEqual({ parameters: 2, state: 2, slots: 2 })
  })

  test('happens at the end of a run that was not stopped', async () => {
    expect(await act(earlyStopping(10), rising)).toMatchObject({
      epochs: 5,
      stopped: undefined,
      ended: { parameters: 2 },
    })
  })

  test('happens where the steps of a last epoch are unfinished', async () => {
    const callback = earlyStopping(10)
    await act(callback, rising.slice(0, 2))
    const after = { parameters: {}, state: {}, slots: {} }
    const run = { epochs: 5, stepsPerEpoch: 10, step: 25, history: [], snapshot: () => after, ...unasked }
    expect(callback.onRunEnd?.(run)).toMatchObject({ restore: { parameters: { kernel: { shape: [1] } }, slots: {} } })
  })

  test('is not needed where the last epoch is the best', async () => {
    const callback = earlyStopping(10)
    await act(callback, rising.slice(0, 2))
    const after = { parameters: {}, state: {}, slots: {} }
    const run = { epochs: 2, stepsPerEpoch: 10, step: 20, history: [], snapshot: () => after, ...unasked }
    expect(callback.onRunEnd?.(run)).toBeUndefined()
  })

  test('can be left out', async () => {
    const { ended } = await act(earlyStopping({ patience: 2, restoreBest: false }), rising)
    expect(ended.parameters).toBe(4)
  })
})

test('a figure that is not a number is no improvement, and restores nothing', async () => {
  const run = await act(earlyStopping(2), validationLosses(Number.NaN, Number.NaN, 1))
  expect(run).toEqual({
    epochs: 2,
    stopped: 'validation.loss has not improved for 2 epochs and was never finite',
    ended: { parameters: 2, state: 2, slots: 2 },
  })
})

test('an improvement after a bad epoch starts the patience anew', async () => {
  expect(await act(earlyStopping(2), validationLosses(5, 6, 4, 6, 3, 6, 6))).toMatchObject({
    epochs: 7,
    ended: { parameters: 5 },
  })
})

test('a second run starts afresh', async () => {
  const callback = earlyStopping(2)
  await act(callback, rising)
  expect(await act(callback, validationLosses(9, 8, 7))).toMatchObject({ stopped: undefined, ended: { parameters: 3 } })
})

test('a resumed run decides and restores as one that was never interrupted', async () => {
  const before = earlyStopping(3)
  await act(before, rising.slice(0, 3))
  const saved = before.save?.()
  const after = earlyStopping(3)
  if (saved !== undefined) after.load?.({ json: JSON.parse(JSON.stringify(saved.json)), values: saved.values })
  expect(await act(after, rising, 3)).toEqual(await act(earlyStopping(3), rising))
})

test('a state that it did not save is refused', () => {
  expect(() => earlyStopping(1).load?.({ json: { waited: 'long' }, values: {} })).toThrow(OptionError)
})

describe('the monitor', () => {
  test('is looked up by its full name; what there is stands in the message', async () => {
    await expect(
      act(earlyStopping({ monitor: 'validation.loss' }), [{ objective: 1, loss: 1, training: { accuracy: 1 } }]),
    ).rejects.toThrow(
      "earlyStopping: epoch 1 has no figure 'validation.loss'; expected one of objective, loss, training.accuracy; try training with validation data",
    )
    await expect(act(earlyStopping({ monitor: 'validation.f1', mode: 'max' }), rising)).rejects.toThrow(
      "earlyStopping: epoch 1 has no figure 'validation.f1'; expected one of objective, loss, validation.loss",
    )
  })

  test.each([
    ['objective', 'min'],
    ['validation.meanLoss', 'min'],
    ['training.meanSquaredError', 'min'],
    ['validation.accuracy', 'max'],
    ['validation.topAccuracy', 'max'],
  ])('%s is better %s', (monitor, mode) => {
    expect(earlyStopping({ monitor }).options.mode).toBe(mode)
  })

  test('of another name needs a mode', () => {
    expect(() => earlyStopping({ monitor: 'validation.f1' })).toThrow(
      "'validation.f1' should be small or large; expected the option mode",
    )
    expect(earlyStopping({ monitor: 'validation.f1', mode: 'max' }).options.mode).toBe('max')
  })
})

test.each([
  () => earlyStopping(0),
  () => earlyStopping(1.5),
  () => earlyStopping({ minDelta: Number.NaN }),
  () => earlyStopping({ mode: 'auto' as 'min' }),
])('%s is refused', (make) => {
  expect(make).toThrow(OptionError)
})
