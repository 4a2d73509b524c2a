import { type Direction, OptionError, type Pruner, type Sampler } from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import {
  createStudy,
  deleteStudy,
  loadStudy,
  median,
  memoryStorage,
  random,
  type Study,
  StudyError,
  studyNames,
  type Trial,
  threshold,
  tpe,
} from '../src/index.ts'

function objective(trial: Trial): number {
  const x = trial.float('x', -5, 10)
  const optimizer = trial.categorical('optimizer', ['sgd', 'adam'])
  const momentum = optimizer === 'sgd' ? trial.float('momentum', 0, 0.99) : 0
  return (x - 1) ** 2 + momentum
}

function run(seed: number, trials: number) {
  const study = createStudy({ seed })
  for (let i = 0; i < trials; i++) {
    const trial = study.ask()
    study.tell(trial, objective(trial))
  }
  return study.trials()
}

const states = (study: Pick<Study, 'trials'>) => study.trials().map(({ state }) => state)

test('the same seed gives the same study, another seed another one', () => {
  expect(run(1, 20)).toEqual(run(1, 20))
  expect(run(1, 20)).not.toEqual(run(2, 20))
})

test('a conditional parameter belongs to the trials that asked for it', () => {
  for (const { parameters, state, values } of run(3, 30)) {
    expect('momentum' in parameters).toBe(parameters['optimizer'] === 'sgd')
    expect(state).toBe('complete')
    expect(values).toHaveLength(1)
  }
})

test('asking twice gives the same value, unless the domain no longer holds it', () => {
  const trial = createStudy().ask()
  const x = trial.float('x', 0, 1)
  expect(trial.float('x', 0, 1)).toBe(x)
  expect(() => trial.float('x', 2, 3)).toThrow(StudyError)
  expect(trial.parameters).toEqual({ x })
})

describe('how a trial ends', () => {
  const study = createStudy()
  const tell = (outcome: Parameters<typeof study.tell>[1]) => study.tell(study.ask(), outcome)

  test.each([
    [Number.NaN, 'gave NaN where 1 number(s)'],
    [[1, 2], 'gave [1,2]'],
    [[], 'gave []'],
    ['3' as never, 'gave "3"'],
    [undefined as never, 'gave undefined'],
    [null as never, 'gave null'],
    [{ state: 'complete' } as never, 'gave {"state":"complete"}'],
    [{ state: 'failed' } as never, 'undefined'],
    [{ state: 'failed', reason: new RangeError('too large') } as never, 'RangeError: too large'],
    [{ state: 'failed', reason: 'out of memory' } as const, 'out of memory'],
  ])('%j: failed', (outcome, failure) => {
    const { state, values, failure: told } = tell(outcome)
    expect([state, values]).toEqual(['failed', undefined])
    expect(told).toContain(failure)
  })

  test('infinite values are values', () => {
    expect(tell(Infinity)).toMatchObject({ state: 'complete', values: [Infinity] })
  })

  test('a pruned trial has its last report as value', () => {
    const trial = study.ask()
    trial.report(5, 1)
    trial.report(3, 2)
    trial.report(5, 9) // a step is reported once
    expect(study.tell(trial, { state: 'pruned' })).toMatchObject({ state: 'pruned', values: [1] })
    expect(tell({ state: 'pruned' }).values).toBeUndefined()
  })

  test('once', () => {
    const trial = study.ask()
    study.tell(trial, 1)
    expect(() => study.tell(trial, 2)).toThrow(`trial ${trial.number} is complete already`)
    expect(() => study.tell(999, 2)).toThrow('there is no trial 999')
    expect(() => trial.report(0, 1)).toThrow(StudyError)
  })
})

test('attributes of trials and studies are kept', () => {
  const study = createStudy()
  study.setAttribute('data', { name: 'mnist', sizes: [1, 2] })
  const trial = study.ask()
  trial.setAttribute('seeds', [1, 2, 3])
  expect(study.attributes()).toEqual({ data: { name: 'mnist', sizes: [1, 2] } })
  expect(study.trials()[0]?.attributes).toEqual({ seeds: [1, 2, 3] })
})

describe('the best', () => {
  const told = (directions: readonly Direction[], values: readonly (readonly number[])[]) => {
    const study = createStudy({ directions })
    for (const value of values) study.tell(study.ask(), value)
    return study
  }

  test('of one direction', () => {
    expect(createStudy().best()).toBeUndefined()
    expect(told(['minimize'], [[3], [1], [1], [2]]).best()?.number).toBe(1)
    expect(createStudy({ direction: 'maximize' }).directions).toEqual(['maximize'])
    expect(told(['maximize'], [[3], [Infinity], [2]]).best()?.number).toBe(1)
  })

  test('of several directions is a front', () => {
    const study = told(
      ['minimize', 'maximize'],
      [
        [1, 1],
        [2, 2],
        [2, 1],
        [0, 0],
        [1, 1],
        [3, 1.5],
        [Number.NaN, 9],
      ],
    )
    expect(study.pareto().map(({ number }) => number)).toEqual([0, 1, 3, 4])
    expect(() => study.best()).toThrow('try pareto()')
  })

  test('the front is what no other dominates', () => {
    const values = Array.from({ length: 80 }, (_, i) => [(i * 37) % 11, (i * 53) % 13, (i * 29) % 7])
    const front = values.flatMap((a, i) =>
      values.some((b) => b.every((x, j) => x <= (a[j] as number)) && b.some((x, j) => x < (a[j] as number))) ? [] : [i],
    )
    const study = told(['minimize', 'minimize', 'minimize'], values)
    expect(study.pareto().map(({ number }) => number)).toEqual(front)
  })
})

describe('enqueued points', () => {
  test('come first, in order, and what they leave out is suggested', () => {
    const study = createStudy()
    study.enqueue({ x: 3, optimizer: 'adam' }, { by: 'hand' })
    study.enqueue({ x: 4 })
    expect(states(study)).toEqual(['waiting', 'waiting'])
    const [first, second] = [study.ask(), study.ask()]
    expect([objective(first), first.parameters]).toEqual([4, { x: 3, optimizer: 'adam' }])
    objective(second)
    expect(second.parameters['x']).toBe(4)
    expect(study.ask().number).toBe(2)
    expect(study.trials()[0]?.attributes).toEqual({ by: 'hand' })
  })

  test('outside of the domain are refused by the trial', () => {
    const study = createStudy()
    study.enqueue({ x: 11 })
    expect(() => objective(study.ask())).toThrow("the enqueued value of 'x' is outside its domain")
  })

  test('are kept as they were given, without what is undefined', () => {
    const study = createStudy()
    const point: Record<string, unknown> = { x: 3, optimizer: undefined }
    study.enqueue(point)
    point['x'] = 4
    const trial = study.ask()
    objective(trial)
    expect(trial.parameters['x']).toBe(3)
    expect(['sgd', 'adam']).toContain(trial.parameters['optimizer'])
  })
})

test('values stay on the grid of a step that changes', () => {
  const study = createStudy({ sampler: tpe() })
  for (const step of [2, 5, 3, 7, 1, 5, 2, 4, 3, 6, 5, 7]) {
    const trial = study.ask()
    expect(trial.int('n', 0, 20, { step }) % step).toBe(0)
    study.tell(trial, step)
  }
  study.enqueue({ n: 3 })
  expect(() => study.ask().int('n', 0, 20, { step: 2 })).toThrow('outside its domain')
})

describe('the sampler', () => {
  const sampler = (suggest: Sampler['suggest']): Sampler => ({ kind: 'sampler', name: 'odd', options: {}, suggest })

  test('may not leave a domain', () => {
    const study = createStudy({ sampler: sampler(() => ({ x: 11 })) })
    expect(() => study.ask().float('x', 0, 1)).toThrow("sampler odd: it suggested a value outside the domain of 'x'")
  })

  test('is asked for what earlier trials asked for, then for what is missing', () => {
    const asked: string[][] = []
    const study = createStudy({
      sampler: sampler((call) => {
        asked.push(Object.keys(call.space))
        return random().suggest(call)
      }),
    })
    study.tell(study.ask(), 0)
    objective(study.ask())
    study.ask().int('n', 1, 3)
    expect(asked.map(String).filter((names) => names !== 'momentum')).toEqual([
      'x',
      'optimizer',
      expect.any(String),
      'n',
    ])
    expect(asked.find((names) => names.length > 1)?.slice(0, 2)).toEqual(['x', 'optimizer'])
  })

  test('is not asked for what was enqueued', () => {
    let calls = 0
    const study = createStudy({
      sampler: sampler((call) => {
        calls++
        return random().suggest(call)
      }),
    })
    study.tell(study.ask(), 0)
    study.enqueue({ x: 1 })
    study.ask().float('x', 0, 2)
    expect(calls).toBe(0)
  })
})

describe('pruning', () => {
  test('is for one direction', () => {
    const trial = createStudy({ directions: ['minimize', 'minimize'] }).ask()
    trial.report(0, 1)
    expect(() => trial.shouldPrune()).toThrow('a study with several directions has no pruning')
  })

  test('asks the pruner after a report', () => {
    const study = createStudy({ pruner: threshold({ upper: 1 }) })
    const trial = study.ask()
    expect(trial.shouldPrune()).toBe(false)
    trial.report(0, 1)
    expect(trial.shouldPrune()).toBe(false)
    trial.report(1, 1.5)
    expect(trial.shouldPrune()).toBe(true)
    expect(() => trial.prune()).toThrow('pruned')
  })

  test.each([
    [-1, 1],
    [0.5, 1],
    [1, '1' as never],
  ])('a report of %j, %j is refused', (step, value) => {
    expect(() => createStudy().ask().report(step, value)).toThrow('a report that is none')
  })
})

describe('a study that exists', () => {
  test('is joined with its seed, sampler and pruner', () => {
    const storage = memoryStorage()
    const first = createStudy({ storage, seed: 7, pruner: median({ startupTrials: 2 }), direction: 'maximize' })
    first.tell(first.ask(), 1)
    const second = createStudy({ storage, seed: 8 })
    expect([second.seed, second.sampler.name, second.directions]).toEqual([7, 'random', ['maximize']])
    expect(second.pruner).toMatchObject({ name: 'median', options: { startupTrials: 2 } })
    expect(second.trials()).toEqual(first.trials())
    expect(loadStudy({ storage }).ask().number).toBe(1)
  })

  test('continues as if it had not been interrupted', () => {
    const storage = memoryStorage()
    for (let i = 0; i < 4; i++) {
      const study = createStudy({ storage, seed: 1 })
      for (let j = 0; j < 5; j++) {
        const trial = study.ask()
        study.tell(trial, objective(trial))
      }
    }
    expect(loadStudy({ storage }).trials()).toEqual(run(1, 20))
  })

  test('keeps its directions', () => {
    const storage = memoryStorage()
    createStudy({ storage })
    expect(() => createStudy({ storage, direction: 'maximize' })).toThrow(OptionError)
    expect(() => createStudy({ direction: 'maximize', directions: ['maximize'] })).toThrow('one of them')
  })

  test('whose space changed says so and loses nothing', async () => {
    const storage = memoryStorage()
    const study = createStudy({ storage })
    await study.optimize((trial) => trial.float('x', 1, 10), { trials: 3 })
    await study.optimize((trial) => trial.float('x', 5, 20, { step: 0.5 }), { trials: 3 }) // bounds may change
    const changed = study.optimize((trial) => trial.float('x', 1, 10, { log: true }), {
      trials: 3,
      onError: 'continue',
    })
    await expect(changed).rejects.toThrow(StudyError)
    await expect(changed).rejects.toThrow("parameter 'x' has another kind, scale or choice of values than in trial 0")
    expect(states(study)).toEqual([...Array(6).fill('complete'), 'failed'])
  })

  test('has to exist to be loaded or deleted', () => {
    const storage = memoryStorage()
    createStudy({ storage, name: 'a' })
    expect(() => loadStudy({ storage, name: 'b' })).toThrow('study b: there is none in this storage; expected one of a')
    expect(() => deleteStudy('b', storage)).toThrow(StudyError)
    const study = createStudy({ storage, name: 'b' })
    deleteStudy('b', storage)
    expect(studyNames(storage)).toEqual(['a'])
    expect(() => study.ask()).toThrow('study b: it was deleted')
  })

  test('made with a sampler from elsewhere needs its namespace', () => {
    const storage = memoryStorage()
    const mine = (): Sampler => ({ ...random(), name: 'mine' })
    createStudy({ storage, sampler: mine() })
    expect(() => createStudy({ storage })).toThrow("no factory for the sampler 'mine'")
    expect(createStudy({ storage, registries: [{ mine }] }).sampler.name).toBe('mine')
  })
})

test.each([
  [{ seed: -1 }, "option 'seed'"],
  [{ sampler: median() }, 'a plugin of kind sampler'],
  [{ pruner: {} as Pruner }, 'a plugin of kind pruner'],
  [{ directions: [] }, "option 'directions'"],
  [{ sampeler: random() }, "unknown option 'sampeler'"],
])('%j is refused', (options, message) => {
  expect(() => createStudy(options as never)).toThrow(message)
  expect(() => createStudy(options as never)).toThrow(OptionError)
})
