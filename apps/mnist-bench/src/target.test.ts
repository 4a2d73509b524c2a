import { expect, it } from 'vitest'
import { targetClock } from './target.ts'

const record = (epoch: number, accuracy: number) => ({
  epoch,
  steps: epoch,
  objective: 1,
  loss: 1,
  validation: { accuracy },
})

it('ends a run in the first epoch that has the accuracy, and looks at the validation images alone', async () => {
  const { callback, figures } = targetClock(0.985)
  const view = {} as Parameters<NonNullable<typeof callback.onEpochEnd>>[0]
  const after = (epoch: number, accuracy: number) =>
    callback.onEpochEnd?.(view, { ...record(epoch, accuracy), training: { accuracy: 1 } })
  callback.onEpochStart?.(view, 1)
  expect(after(1, 0.9849)).toBeUndefined()
  expect(figures()).toMatchObject({ accuracy: 0.985, seconds: null })
  expect(after(2, 0.985)).toEqual({ stop: 'validation accuracy 98.5 % reached in epoch 2' })
  const { seconds, preparationSeconds } = figures()
  expect(preparationSeconds).toBeGreaterThan(0)
  expect(seconds).toBeGreaterThan(preparationSeconds)
})
