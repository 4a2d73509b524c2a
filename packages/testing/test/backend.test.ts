// The reference backend in the suite of backends, and backends that are wrong.

import { type Backend, type RunResult, reference } from '@gradwerk/core'
import {
  assertPure,
  assertRefusesCalls,
  assertStepsCompose,
  assertTrainsLikeReference,
  backendSuite,
  type TrainingStep,
  trainingPrograms,
} from '@gradwerk/testing'
import { expect, test } from 'vitest'

backendSuite('reference', reference)

const [makeStep] = [...trainingPrograms.values()] as [() => TrainingStep]
const step = makeStep()

/** The reference with results changed. */
function changed(change: (result: RunResult, steps: number) => RunResult): Backend {
  const right = reference()
  return {
    ...right,
    async compile(program) {
      const executable = await right.compile(program)
      return { run: async (call) => change(await executable.run(call), call.steps) }
    },
  }
}

const shifted = ({ state, outputs }: RunResult, by: number): RunResult => ({
  outputs,
  state: Object.fromEntries(
    Object.entries(state).map(([name, value]) => [
      name,
      { ...value, data: Float32Array.from(value.data as Float32Array, (x) => x + by) },
    ]),
  ),
})

test('another outcome is refused', async () => {
  await expect(
    assertTrainsLikeReference(
      changed((result) => shifted(result, 0.01)),
      step,
    ),
  ).rejects.toThrow('the numbers differ most at')
})

test('a backend whose bits depend on the grouping of steps is refused', async () => {
  await expect(
    assertStepsCompose(
      changed((result, steps) => shifted(result, steps === 1 ? 1e-7 : 0)),
      step,
    ),
  ).rejects.toThrow('one step a call')
})

test('a backend that returns what it was given is refused', async () => {
  const { call } = step
  await expect(
    assertPure(
      changed(({ outputs }) => ({ outputs, state: call.state })),
      step,
    ),
  ).rejects.toThrow('is not fresh')
})

test('a backend that checks nothing is refused', async () => {
  const careless: Backend = { ...reference(), compile: async () => ({ run: async () => ({ outputs: {}, state: {} }) }) }
  await expect(assertRefusesCalls(careless, step)).rejects.toThrow('a call with no steps is not refused')
})
