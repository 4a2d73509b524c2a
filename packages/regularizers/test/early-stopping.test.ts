import { readFileSync } from 'node:fs'
import { OptionError } from '@gradwerk/core'
import * as regularizers from '@gradwerk/regularizers'
import { type EarlyStoppingOptions, earlyStopping } from '@gradwerk/regularizers'
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
    { plugin: earlyStopping({ patience: 2, startEpoch: 3 }), stopsAfter: 5, title: 'a later start' },
    { plugin: earlyStopping({ patience: 4, baseline: 0 }), stopsAfter: 4, title: 'a baseline out of reach' },
    { plugin: earlyStopping({ patience: 9, divergenceThreshold: 100, restoreSlots: false }), title: 'limits' },
  ],
  { registries: [regularizers] },
)

interface KerasCase {
  readonly losses: readonly number[]
  readonly patience: number
  readonly baseline?: number
  readonly stopped_epoch?: number
  readonly epochs_trained?: number
  readonly restored_epoch?: number
}
interface TfjsCase {
  readonly val_loss?: readonly number[]
  readonly metric?: readonly number[]
  readonly mode?: 'max'
  readonly min_delta?: number
  readonly patience?: number
  readonly baseline?: number
  readonly stop_after: number
}
const tables: {
  keras: KerasCase[]
  tfjs: TfjsCase[]
  integration: { losses: number[]; min_delta: number; epochs_run: number }
} = JSON.parse(readFileSync(new URL('golden/early-stopping.json', import.meta.url), 'utf8'))

describe('decisions equal those of Keras, whose patience 0 is our 1 and whose epochs count from 0', () => {
  test.each(tables.keras)('%j', async (row) => {
    const { losses, patience, baseline, stopped_epoch, epochs_trained, restored_epoch } = row
    const restoreBest = restored_epoch !== undefined
    const callback = earlyStopping({ patience: Math.max(1, patience), baseline, restoreBest })
    const { epochs, stopped, ended } = await act(callback, validationLosses(...losses))
    expect(stopped).toBeDefined()
    if (stopped_epoch !== undefined) expect(epochs).toBe(stopped_epoch + 1)
    if (epochs_trained !== undefined) expect(epochs).toBe(epochs_trained)
    if (restored_epoch !== undefined) expect(ended.parameters).toBe(restored_epoch + 1)
  })
})

describe('decisions equal those of TensorFlow.js', () => {
  test.each(tables.tfjs)('%j', async (row) => {
    const { val_loss, metric = [], mode, min_delta = 0, patience = 1, baseline, stop_after } = row
    const figures = (val_loss ?? metric).map((figure) => ({
      objective: 0,
      loss: 0,
      validation: { loss: figure, figure },
    }))
    const monitor = val_loss === undefined ? 'validation.figure' : 'validation.loss'
    const callback = earlyStopping({ patience, minDelta: min_delta, monitor, mode, baseline })
    const { epochs, stopped } = await act(callback, figures)
    expect(stopped).toBeDefined()
    expect(epochs).toBe(stop_after + 1)
  })
})

const rising = validationLosses(5, 3, 4, 6, 8)

describe('restoring', () => {
  test('brings back parameters, states and slots of the best epoch', async () => {
    expect(await act(earlyStopping(2), rising)).toEqual({
      epochs: 4,
      stopped: 'validation.loss has not improved for 2 epochs; best 3 in epoch 2',
      ended: { parameters: 2, state: 2, slots: 2 },
    })
  })

  test('leaves the slots on request', async () => {
    const { ended } = await act(earlyStopping({ patience: 2, restoreSlots: false }), rising)
    expect(ended).toEqual({ parameters: 2, state: 2, slots: 4 })
  })

  test('happens at the end of a run that was not stopped', async () => {
    expect(await act(earlyStopping(10), rising)).toMatchObject({
      epochs: 5,
      stopped: undefined,
      ended: { parameters: 2 },
    })
  })

  test('happens where the steps of a last epoch are unfinished', async () => {
    const callback = earlyStopping({ patience: 10, restoreSlots: false })
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

test('decisions equal those of a whole run of TensorFlow.js, which watches the training loss', async () => {
  const { losses, min_delta, epochs_run } = tables.integration
  const figures = losses.map((loss) => ({ objective: loss, loss }))
  const callback = earlyStopping({ monitor: 'loss', patience: 1, minDelta: min_delta })
  expect((await act(callback, figures)).epochs).toBe(epochs_run)
})

describe('a baseline', () => {
  test('that is never passed ends the run after the patience, though epochs improve', async () => {
    const callback = earlyStopping({ patience: 3, baseline: 1 })
    expect(await act(callback, validationLosses(5, 4, 3, 2, 1))).toEqual({
      epochs: 3,
      stopped: 'validation.loss has not improved on the baseline 1 for 3 epochs; best 3 in epoch 3',
      ended: { parameters: 3, state: 3, slots: 3 },
    })
  })

  test('that is passed matters no more', async () => {
    const { epochs, stopped } = await act(
      earlyStopping({ patience: 3, baseline: 3.5 }),
      validationLosses(5, 4, 3, 4, 4, 4),
    )
    expect(epochs).toBe(6)
    expect(stopped).toBe('validation.loss has not improved for 3 epochs; best 3 in epoch 3')
  })

  test('has to be passed by more than minDelta', async () => {
    const callback = earlyStopping({
      patience: 2,
      baseline: 0.5,
      minDelta: 0.1,
      mode: 'max',
      monitor: 'validation.loss',
    })
    expect((await act(callback, validationLosses(0.55, 0.58, 0.9))).epochs).toBe(2)
  })
})

describe('epochs before the start', () => {
  test('are neither best nor waited for', async () => {
    expect(
      await act(earlyStopping({ patience: 2, startEpoch: 4 }), validationLosses(1, 2, 3, 9, 8, 8, 8)),
    ).toMatchObject({
      epochs: 7,
      ended: { parameters: 5 },
    })
  })

  test('are not judged as diverged', async () => {
    const callback = earlyStopping({ patience: 5, startEpoch: 2, divergenceThreshold: 10 })
    expect((await act(callback, validationLosses(99, 9, 8))).stopped).toBeUndefined()
  })

  test('restore nothing where there is no other', async () => {
    expect(await act(earlyStopping({ startEpoch: 9 }), rising)).toMatchObject({ epochs: 5, ended: { parameters: 5 } })
  })
})

describe('a divergence threshold', () => {
  const limits = { patience: 9, divergenceThreshold: 10 }

  test.each([
    [validationLosses(5, 4, 10.5, 1), 'validation.loss diverged: 10.5, beyond the threshold 10'],
    [validationLosses(5, 4, Number.NaN, 1), 'validation.loss diverged: NaN, beyond the threshold 10'],
    [
      validationLosses(5, 4, Number.POSITIVE_INFINITY, 1),
      'validation.loss diverged: Infinity, beyond the threshold 10',
    ],
  ])('stops at once, and the best epoch comes back: %#', async (figures, stopped) => {
    expect(await act(earlyStopping(limits), figures)).toEqual({
      epochs: 3,
      stopped,
      ended: { parameters: 2, state: 2, slots: 2 },
    })
  })

  test('is a lower one where larger is better, and itself allowed', async () => {
    const callback = earlyStopping({ patience: 9, divergenceThreshold: 0.2, mode: 'max' })
    expect((await act(callback, validationLosses(0.2, 0.5, 0.19, 0.9))).epochs).toBe(3)
    expect((await act(earlyStopping(limits), validationLosses(10, 10, 10))).stopped).toBeUndefined()
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
    await expect(act(earlyStopping({ monitor: 'validation.score', mode: 'max' }), rising)).rejects.toThrow(
      "earlyStopping: epoch 1 has no figure 'validation.score'; expected one of objective, loss, validation.loss",
    )
  })

  test('says by its name whether smaller or larger is better, unless told', async () => {
    const figures = [0.1, 0.2, 0.3].map((accuracy) => ({
      objective: 1,
      loss: 1,
      validation: { accuracy, loss: accuracy },
    }))
    const epochs = async (options: EarlyStoppingOptions) =>
      (await act(earlyStopping({ patience: 1, ...options }), figures)).epochs
    expect(await epochs({ monitor: 'validation.loss' })).toBe(2)
    expect(await epochs({ monitor: 'validation.accuracy' })).toBe(3)
    expect(await epochs({ monitor: 'validation.accuracy', mode: 'min' })).toBe(2)
  })

  test('of another name needs a mode', () => {
    expect(() => earlyStopping({ monitor: 'validation.score' })).toThrow(
      "'validation.score' should be small or large; expected the option mode",
    )
    expect(earlyStopping({ monitor: 'validation.score', mode: 'max' }).options['mode']).toBe('max')
  })
})

test.each([
  () => earlyStopping(0),
  () => earlyStopping(1.5),
  () => earlyStopping({ minDelta: Number.NaN }),
  () => earlyStopping({ mode: 'low' as 'min' }),
  () => earlyStopping({ startEpoch: 0 }),
  () => earlyStopping({ baseline: Number.NaN }),
  () => earlyStopping({ divergenceThreshold: '1' as never }),
])('%s is refused', (make) => {
  expect(make).toThrow(OptionError)
})
