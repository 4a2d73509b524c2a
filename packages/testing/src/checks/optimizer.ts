// What holds for optimizers.

import {
  constant,
  evaluate,
  input,
  type Optimizer,
  type Tensor,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { check } from '../errors.ts'
import { type Problem, type ProblemName, problemShape, problemStart, problems } from '../problems/problem.ts'
import { promisedChange, runOptimizer, traceOptimizer } from '../problems/run-optimizer.ts'
import { assertClose, assertFinite, assertSame, randomValue, zeros } from '../values.ts'
import type { PluginCase } from './plugin.ts'

/** How well a problem is to be solved. */
export interface ConvergenceGoal {
  /** Default 300. */
  readonly steps?: number
  /** The loss above the least one that may be left, as a share of that at the start. */
  readonly remaining?: number
}

export interface OptimizerCase extends PluginCase<Optimizer> {
  /** Goals other than the standard ones, or false for a problem the optimizer is not made for. */
  readonly goals?: Readonly<Partial<Record<ProblemName, ConvergenceGoal | false>>>
}

const standardSteps = 300
const standardRemaining: Readonly<Record<ProblemName, number>> = {
  quadratic: 1e-3,
  illConditioned: 0.05,
  logisticRegression: 0.01,
  noisyLeastSquares: 0.01,
}

/** Throws a CheckError unless the optimizer gets close enough to the minimum of a problem, with finite slots. */
export async function assertConverges(testCase: OptimizerCase, problem: Problem): Promise<void> {
  const goal = testCase.goals?.[problem.name] ?? {}
  if (goal === false) return
  const { steps = standardSteps, remaining = standardRemaining[problem.name] } = goal
  const { before, after, state } = await runOptimizer(testCase.plugin, problem, problemStart, steps)
  const who = `${testCase.plugin.name} on ${problem.name}`
  for (const [name, value] of Object.entries(state)) assertFinite(value, `${who}, ${name}`)
  check(after <= remaining * before, who, `after ${steps} steps too much of the loss is left`, {
    expected: `at most ${remaining} of it`,
    got: (after / before).toPrecision(3),
  })
}

/** All four standard problems. */
export async function assertConvergesEverywhere(testCase: OptimizerCase): Promise<void> {
  for (const problem of problems) await assertConverges(testCase, problem)
}

/** Two optimizers do the same, bit for bit. */
export async function assertSameOptimizer(optimizer: Optimizer, again: Optimizer): Promise<void> {
  const [problem] = problems as [Problem]
  const expected = await runOptimizer(optimizer, problem, problemStart, 5)
  const actual = await runOptimizer(again, problem, problemStart, 5)
  for (const [name, value] of Object.entries(expected.state))
    assertSame(actual.state[name] as Value, value, `${again.name} made again, ${name}`)
}

/**
 * The step size that an optimizer states is the factor between a constant gradient and the change of the parameter: after a while of
 * the same gradient, the parameter held at 0, the change is −stepSize · gradient.
 */
export function assertStepSize(optimizer: Optimizer, steps = 400): void {
  const parameter = constant(zeros({ dtype: 'float32', shape: problemShape }))
  const gradient = input('gradient', problemShape)
  const traced = traceOptimizer(optimizer, parameter, gradient, parameter)
  const { stepSize } = traced.update
  if (stepSize === undefined) return
  check(
    stepSize.shape.length === 0 || stepSize.shape.join() === problemShape.join(),
    optimizer.name,
    'its step size has another shape',
    {
      expected: `[] or [${problemShape.join(', ')}]`,
      got: `[${stepSize.shape.join(', ')}]`,
    },
  )
  const names = Object.keys(traced.slots)
  const nextSlots = names.map((name) => traced.update.slots[name] as Tensor)
  const promised = promisedChange(gradient, stepSize)
  const schedules = traced.schedule(steps)
  let feeds: Values = { ...traced.initialSlots, gradient: randomValue(gradient, 51, { gap: 0.2 }) }
  for (let step = 0; step < steps; step++) {
    const now = Object.entries(schedules).map(([name, { data }]) => [
      name,
      valueOf('float32', [], [Number(data[step])]),
    ])
    feeds = { ...feeds, ...Object.fromEntries(now) }
    if (step === steps - 1) break
    const values = evaluate(nextSlots, feeds)
    feeds = { ...feeds, ...Object.fromEntries(names.map((name, i) => [`slot.${name}`, values[i] as Value])) }
  }
  const [change, expected] = evaluate([traced.update.parameter, promised], feeds) as [Value, Value]
  assertClose(
    change,
    expected,
    { largest: 1e-3 },
    `${optimizer.name}: the change of the parameter against its step size`,
  )
}
