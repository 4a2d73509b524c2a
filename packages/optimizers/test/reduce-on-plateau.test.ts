import { OptionError } from '@gradwerk/core'
import { reduceOnPlateau } from '@gradwerk/optimizers'
import { callbackSuite, playRun } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const figures = (losses: readonly number[]) =>
  losses.map((loss) => ({ objective: 1, loss: 1, validation: { loss, accuracy: 1 - loss } }))
const script = figures([1, 0.9, 0.95, 0.92, 0.91, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1, 1])

callbackSuite(reduceOnPlateau, [
  { plugin: reduceOnPlateau({ patience: 1, factor: 0.5 }), script },
  { plugin: reduceOnPlateau({ patience: 0, cooldown: 2, smallestFactor: 0.3 }), script },
  { plugin: reduceOnPlateau({ monitor: 'validation.accuracy', patience: 2 }), script },
])

const reductions = async (options: Parameters<typeof reduceOnPlateau>[0], losses: readonly number[]) =>
  (await playRun(reduceOnPlateau(options), figures(losses))).map(({ hook, directives }) => [
    hook,
    directives.learningRateFactor,
  ])

describe('by hand', () => {
  test('the reduction comes after one bad epoch more than is forgiven', async () => {
    expect(await reductions({ patience: 2, factor: 0.5 }, [1, 1, 1, 1, 1, 1, 1])).toEqual([
      ['epochEnd 4', 0.5],
      ['epochEnd 7', 0.5],
    ])
  })

  test('an improvement has to be large enough', async () => {
    expect(await reductions({ patience: 0, minDelta: 0.1, minRelativeDelta: 0 }, [1, 0.95, 0.89])).toEqual([
      ['epochEnd 2', 0.1],
    ])
    expect(await reductions({ patience: 0, minRelativeDelta: 0.2 }, [1, 0.79, 0.7])).toEqual([['epochEnd 3', 0.1]])
  })

  test('the learning rate keeps its least share', async () => {
    const found = await reductions({ patience: 0, factor: 0.5, smallestFactor: 0.2 }, [1, 1, 1, 1, 1, 1])
    expect(found.map(([, factor]) => factor)).toEqual([0.5, 0.5, 0.8])
  })

  test('a figure that is not finite is no improvement', async () => {
    expect(await reductions({ patience: 0 }, [Number.NaN, 1, Number.NaN])).toEqual([
      ['epochEnd 1', 0.1],
      ['epochEnd 3', 0.1],
    ])
  })
})

describe('errors', () => {
  test.each([
    () => reduceOnPlateau(1),
    () => reduceOnPlateau({ patience: -1 }),
    () => reduceOnPlateau({ factor: 0 }),
    () => reduceOnPlateau({ monitor: 'validation.top5' }),
  ])('%s is refused', (make) => {
    expect(make).toThrow(OptionError)
  })

  test('a figure that there is not', async () => {
    const callback = reduceOnPlateau({ monitor: 'validation.top5', mode: 'max' })
    await expect(playRun(callback, figures([1]))).rejects.toThrow(
      "reduceOnPlateau: epoch 1 has no figure 'validation.top5'; expected one of objective, loss, validation.loss, validation.accuracy",
    )
  })
})
