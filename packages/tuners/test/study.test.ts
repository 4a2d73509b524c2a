import { expect, test } from 'vitest'
import { createStudy } from '../src/index.ts'

function run(seed: number, trials: number) {
  const study = createStudy({ seed })
  for (let i = 0; i < trials; i++) {
    const trial = study.ask()
    const x = trial.float('x', -5, 10)
    const optimizer = trial.categorical('optimizer', ['sgd', 'adam'])
    const momentum = optimizer === 'sgd' ? trial.float('momentum', 0, 0.99) : 0
    study.tell(trial, (x - 1) ** 2 + momentum)
  }
  return study.trials()
}

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
