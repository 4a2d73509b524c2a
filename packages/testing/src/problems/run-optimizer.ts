// Runs an optimizer on a problem, as a program of the reference backend, the way a trainer does.

import {
  evaluate,
  filled,
  formatShape,
  gradients,
  hyperparameters,
  input,
  mul,
  type Optimizer,
  type Program,
  program,
  reference,
  sameShape,
  type Tensor,
  type Update,
  type Value,
  type Values,
  valueAt,
  valueOf,
} from '@gradwerk/core'
import { check } from '../errors.ts'
import { parameterInfo } from '../scopes.ts'
import { type Problem, problemShape } from './problem.ts'

const info = parameterInfo(problemShape)

export interface TracedOptimizer {
  readonly slots: Readonly<Record<string, Tensor>>
  readonly initialSlots: Values
  readonly update: Update
  readonly hyperparameters: Readonly<Record<string, Tensor>>
  /** Hyper-parameters of `steps` steps, with the steps as leading axis. */
  schedule(steps: number): Values
  evaluationParameter(parameter: Tensor): Tensor
}

/**
 * Traces one update of a kernel. The parameter after the step is that of the update, or `left` where it is held elsewhere. Throws a
 * CheckError when a slot changes its shape or is forgotten.
 */
export function traceOptimizer(
  optimizer: Optimizer,
  parameter: Tensor,
  gradient: Tensor,
  left?: Tensor,
): TracedOptimizer {
  const specs = Object.entries(optimizer.slots(info))
  const slots = Object.fromEntries(specs.map(([name, { shape }]) => [name, input(`slot.${name}`, shape)]))
  const collected = hyperparameters()
  const scope = collected.scope('optimizer')
  const updated = optimizer.update({ parameter, gradient, slots, info }, scope)
  const finished = optimizer.finish?.({ parameter: left ?? updated.parameter, update: updated, info }, scope)
  const update: Update = { ...updated, slots: finished ?? updated.slots }
  check(sameShape(update.parameter.shape, parameter.shape), optimizer.name, 'the parameter changes its shape', {
    expected: formatShape(parameter.shape),
    got: formatShape(update.parameter.shape),
  })
  check(
    Object.keys(update.slots).toSorted().join() === Object.keys(slots).toSorted().join(),
    optimizer.name,
    'an update gives other slots',
    {
      expected: Object.keys(slots).join(', '),
      got: Object.keys(update.slots).join(', '),
    },
  )
  for (const [name, slot] of Object.entries(slots)) {
    const next = update.slots[name] as Tensor
    check(
      sameShape(next.shape, slot.shape) && next.dtype === slot.dtype,
      optimizer.name,
      `slot '${name}' changes its type`,
      {
        expected: formatShape(slot.shape),
        got: formatShape(next.shape),
      },
    )
  }
  const evaluated = (at: Tensor) => optimizer.evaluationParameter?.(at, slots, scope, info) ?? at
  return {
    slots,
    initialSlots: Object.fromEntries(
      specs.map(([name, { shape, initial }]) => [`slot.${name}`, filled('float32', shape, initial)]),
    ),
    update,
    get hyperparameters() {
      return Object.fromEntries([...collected.all].map(([name, { tensor }]) => [name, tensor]))
    },
    schedule: (steps) =>
      Object.fromEntries(
        [...collected.all].map(([name, { value }]) => [
          name,
          valueOf(
            'float32',
            [steps],
            Float32Array.from({ length: steps }, (_, step) => valueAt(value, step, steps)),
          ),
        ]),
      ),
    evaluationParameter: evaluated,
  }
}

export interface OptimizerRun {
  /** Evaluation loss above the least one, before and after. */
  readonly before: number
  readonly after: number
  readonly state: Values
}

function numberAt(tensor: Tensor, feeds: Values): number {
  return Number(evaluate([tensor], feeds)[0]?.data[0])
}

/** Minimizes a problem from its start. */
export async function runOptimizer(
  optimizer: Optimizer,
  problem: Problem,
  start: Value,
  steps: number,
): Promise<OptimizerRun> {
  const parameter = input('parameter', problemShape)
  const [gradient] = gradients(problem.loss(parameter), [parameter])
  const traced = traceOptimizer(optimizer, parameter, gradient as Tensor)
  const evaluation = problem.evaluation(traced.evaluationParameter(parameter))
  const parts: Program = {
    name: `${optimizer.name} on ${problem.name}`,
    shared: {},
    inputs: { ...problem.inputs, ...traced.hyperparameters },
    state: {
      parameter: { current: parameter, next: traced.update.parameter },
      ...Object.fromEntries(
        Object.entries(traced.slots).map(([name, current]) => [
          `slot.${name}`,
          { current, next: traced.update.slots[name] as Tensor },
        ]),
      ),
    },
    outputs: {},
  }
  const executable = await reference().compile(program(parts))
  const initial = { parameter: start, ...traced.initialSlots }
  const { state } = await executable.run({
    steps,
    shared: {},
    inputs: { ...problem.feed(steps), ...traced.schedule(steps) },
    state: initial,
  })
  const constants = Object.fromEntries(
    Object.entries(traced.schedule(1)).map(([name, { data }]) => [name, valueOf('float32', [], data as Float32Array)]),
  )
  return {
    before: numberAt(problem.evaluation(parameter), initial) - problem.least,
    after: numberAt(evaluation, { ...constants, ...state }) - problem.least,
    state,
  }
}

/** The negative of a tensor times a step size: the change that a constant gradient is promised. */
export function promisedChange(gradient: Tensor, stepSize: Tensor): Tensor {
  return mul(gradient, mul(stepSize, -1))
}
