import { OptionError } from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import {
  createStudy,
  median,
  memoryStorage,
  type OptimizeOptions,
  type Study,
  type Trial,
  TrialError,
} from '../src/index.ts'

const square = (trial: Trial) => (trial.float('x', -5, 10) - 1) ** 2
const states = (study: Study) => study.trials().map(({ state }) => state)

describe('limits', () => {
  test('trials of this call', async () => {
    const study = createStudy()
    expect(await study.optimize(square, { trials: 3 })).toEqual({ trials: 3, stopped: 'trials' })
    expect(await study.optimize(square, { trials: 2 })).toEqual({ trials: 2, stopped: 'trials' })
    expect(await study.optimize(square, { trials: 0 })).toEqual({ trials: 0, stopped: 'trials' })
    expect(study.trials()).toHaveLength(5)
  })

  test('trials of the study', async () => {
    const study = createStudy()
    await study.optimize(square, { trials: 3 })
    expect(await study.optimize(square, { total: 5 })).toEqual({ trials: 2, stopped: 'total' })
    expect(await study.optimize(square, { total: 5 })).toEqual({ trials: 0, stopped: 'total' })
  })

  test('failed trials make room for others', async () => {
    const study = createStudy()
    const objective = (trial: Trial) => (trial.number % 2 === 0 ? Number.NaN : square(trial))
    expect(await study.optimize(objective, { total: 4, concurrency: 3 })).toEqual({ trials: 8, stopped: 'total' })
    expect(states(study).filter((state) => state === 'complete')).toHaveLength(4)
  })

  test('time', async () => {
    const study = createStudy()
    const slow = (trial: Trial) => new Promise<number>((resolve) => setTimeout(resolve, 40, square(trial)))
    const { trials, stopped } = await study.optimize(slow, { timeout: 0.1 })
    expect(stopped).toBe('timeout')
    expect(trials).toBeGreaterThanOrEqual(1)
    expect(trials).toBeLessThanOrEqual(3)
  })

  test('patience: trials since the best one, those before a resume included', async () => {
    const values = [3, 2, 5, 5, 1, 5, 5, 5, 0]
    const storage = memoryStorage()
    const objective = ({ number }: Trial) => values[number] as number
    const study = createStudy({ storage })
    expect(await study.optimize(objective, { patience: 3 })).toEqual({ trials: 8, stopped: 'patience' })
    expect(await createStudy({ storage }).optimize(objective, { patience: 3 })).toEqual({
      trials: 0,
      stopped: 'patience',
    })
    expect(await createStudy({ storage }).optimize(objective, { patience: 4, trials: 1 })).toMatchObject({ trials: 1 })
  })

  test('patience counts trials that fail, so that a study in which all fail ends', async () => {
    const failing = () => {
      throw new Error('no')
    }
    const study = createStudy()
    const ended = await study.optimize(failing, { patience: 3, trials: 10, onError: 'continue' })
    expect(ended).toEqual({ trials: 3, stopped: 'patience' })
  })

  test('a callback', async () => {
    const study = createStudy()
    const seen: number[] = []
    const callbacks: OptimizeOptions<Study>['callbacks'] = [
      ({ number }, of) => void seen.push(number, of.trials().length),
      async ({ number }) => (number === 2 ? 'stop' : undefined),
    ]
    expect(await study.optimize(square, { callbacks })).toEqual({ trials: 3, stopped: 'callback' })
    expect(seen).toEqual([0, 1, 1, 2, 2, 3])
  })

  test('a signal', async () => {
    const controller = new AbortController()
    const study = createStudy()
    const objective = (trial: Trial) => {
      if (trial.number === 3) controller.abort()
      return square(trial)
    }
    expect(await study.optimize(objective, { signal: controller.signal })).toEqual({ trials: 4, stopped: 'signal' })
    expect(states(study)).not.toContain('running')
  })

  test('a signal is heard although the objective never waits', async () => {
    const study = createStudy()
    const limits = { signal: AbortSignal.timeout(20), timeout: 5 }
    expect(await study.optimize(square, limits)).toMatchObject({ stopped: 'signal' })
  })

  test.each([
    [{}, 'nothing would ever end it'],
    [{ trials: -1 }, "option 'trials'"],
    [{ trials: 1, concurrency: 0 }, "option 'concurrency'"],
    [{ trials: 1, onError: 'ignore' }, "option 'onError'"],
    [{ trails: 1 }, "unknown option 'trails'"],
  ])('%j is refused', async (options, message) => {
    const refused = createStudy().optimize(square, options as never)
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toThrow(OptionError)
  })
})

describe('an objective that throws', () => {
  const cause = new RangeError('too large')
  const throwing = (trial: Trial) => {
    const value = square(trial)
    if (trial.number % 3 === 1) throw cause
    return value
  }

  test('fails its trial and stops the study', async () => {
    const study = createStudy()
    const thrown = await study.optimize(throwing, { trials: 5 }).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(TrialError)
    expect(thrown).toMatchObject({
      cause,
      message: expect.stringContaining('trial 1: the objective threw: RangeError: too large'),
    })
    expect(states(study)).toEqual(['complete', 'failed'])
    expect(study.trials()[1]?.failure).toBe('RangeError: too large')
  })

  test('or not', async () => {
    const study = createStudy()
    await study.optimize(throwing, { trials: 5, onError: 'continue' })
    expect(states(study)).toEqual(['complete', 'failed', 'complete', 'complete', 'failed'])
  })

  test('whatever it throws', async () => {
    const study = createStudy()
    const objective = () => {
      throw undefined
    }
    await expect(study.optimize(objective, { trials: 1 })).rejects.toThrow(TrialError)
    await expect(study.optimize(() => Promise.reject('no'), { trials: 1 })).rejects.toThrow('the objective threw: no')
    await expect(study.optimize(() => Promise.reject(null), { trials: 1 })).rejects.toThrow('null was thrown')
    await expect(study.optimize(() => Promise.reject({ code: 3 }), { trials: 1 })).rejects.toThrow('threw: {"code":3}')
    await expect(study.optimize(() => Promise.reject(Object.create(null)), { trials: 1 })).rejects.toThrow(TrialError)
    expect(new Set(states(study))).toEqual(new Set(['failed']))
  })

  test('is tried again with its parameters, and with those that come after them', async () => {
    const storage = memoryStorage()
    const study = createStudy({ storage })
    let failures = 2
    const objective = (trial: Trial) => {
      const x = trial.float('x', 0, 1)
      trial.setAttribute('note', 'kept')
      if (failures-- > 0) throw cause
      return x + trial.float('y', 0, 1)
    }
    expect(await study.optimize(objective, { trials: 2, retries: 2 })).toEqual({ trials: 4, stopped: 'trials' })
    expect(states(study)).toEqual(['failed', 'failed', 'complete', 'complete'])
    const xs = study
      .trials()
      .slice(0, 3)
      .map(({ parameters }) => parameters['x'])
    expect(new Set(xs).size).toBe(1)
    const stored = storage.state.trials.map(({ system }) => Object.fromEntries(system))
    expect(stored[1]).toMatchObject({ failed_trial: 0, retry_history: [0], fixed_params: { x: xs[0] } })
    expect(stored[2]).toMatchObject({ failed_trial: 0, retry_history: [0, 1], fixed_params: { x: xs[0] } })
    expect(study.trials()[2]?.attributes).toEqual({ note: 'kept' })
  })

  test('too often stops the study', async () => {
    const study = createStudy()
    const objective = () => {
      throw cause
    }
    await expect(study.optimize(objective, { trials: 2, retries: 1 })).rejects.toThrow(TrialError)
    expect(states(study)).toEqual(['failed', 'failed'])
  })
})

test('NaN fails its trial and the study goes on', async () => {
  const study = createStudy()
  await study.optimize(({ number }) => (number === 0 ? Number.NaN : number), { trials: 3, retries: 2 })
  expect(states(study)).toEqual(['failed', 'complete', 'complete'])
})

test('trials are pruned by what was reported before', async () => {
  const study = createStudy({ pruner: median({ startupTrials: 2 }) })
  await study.optimize(
    (trial) => {
      for (let step = 0; step < 5; step++) {
        trial.report(step, trial.number)
        if (trial.shouldPrune()) trial.prune()
      }
      return trial.number
    },
    { trials: 4 },
  )
  expect(states(study)).toEqual(['complete', 'complete', 'pruned', 'pruned'])
  expect(study.trials()[2]).toMatchObject({ values: [2], intermediate: new Map([[0, 2]]) })
  expect(study.best()?.number).toBe(0)
})

test('several trials at once', async () => {
  const study = createStudy()
  let [running, most] = [0, 0]
  const objective = async (trial: Trial) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 5 + (trial.number % 3)))
    running--
    return square(trial)
  }
  expect(await study.optimize(objective, { trials: 10, concurrency: 4 })).toEqual({ trials: 10, stopped: 'trials' })
  expect(most).toBe(4)
  expect(states(study)).toEqual(Array(10).fill('complete'))
})

test('an OptionError of what the objective builds is no mistake in the use of the study', async () => {
  const study = createStudy()
  const objective = (trial: Trial) => {
    if (trial.number === 0) median({ startupTrials: -1 })
    return square(trial)
  }
  await study.optimize(objective, { trials: 2, onError: 'continue' })
  expect(states(study)).toEqual(['failed', 'complete'])
  await expect(study.optimize((trial) => trial.float('y', 1, 0), { trials: 2, onError: 'continue' })).rejects.toThrow(
    OptionError,
  )
  expect(states(study)).toHaveLength(3)
})

test('a callback that throws lets no further trial begin, on no loop', async () => {
  const study = createStudy()
  const waiting = (trial: Trial) => new Promise<number>((resolve) => setTimeout(resolve, 1, square(trial)))
  const throwing = ({ number }: { readonly number: number }) => {
    if (number === 0) throw new RangeError('from the callback')
  }
  const options = { trials: 100, concurrency: 4, callbacks: [throwing] }
  await expect(study.optimize(waiting, options)).rejects.toThrow('from the callback')
  expect(study.trials().length).toBeLessThan(12)
})

test('an error of one of several trials waits for the others', async () => {
  const study = createStudy()
  const objective = async (trial: Trial) => {
    await new Promise((resolve) => setTimeout(resolve, 10 * (1 + trial.number)))
    if (trial.number === 0) throw new Error('first')
    return 1
  }
  await expect(study.optimize(objective, { trials: 9, concurrency: 3 })).rejects.toThrow('first')
  expect(states(study)).toEqual(['failed', 'complete', 'complete'])
})
