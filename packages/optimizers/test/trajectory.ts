// Runs an optimizer on given gradients, as a program of the reference backend.

import {
  filled,
  hyperparameters,
  input,
  type Optimizer,
  type ParameterRole,
  type Program,
  program,
  reference,
  type Shape,
  type Tensor,
  type Value,
  type Values,
  valueAt,
  valueOf,
} from '@gradwerk/core'

/** The parameter after each step of a run over gradients [steps, …shape]. */
export async function trajectory(
  optimizer: Optimizer,
  start: Value,
  given: Value,
  role: ParameterRole = 'kernel',
): Promise<Value> {
  const [steps = 0, ...shape] = given.shape
  const traced = traceUpdate(optimizer, shape, role)
  const scheduled = [...traced.hyperparameters].map(([name, { value }]) => {
    const values = Array.from({ length: steps }, (_, step) => valueAt(value, step, steps))
    return [name, valueOf('float32', [steps], values)] as const
  })
  const executable = await reference().compile(traced.program)
  const inputs: Values = { gradient: given, ...Object.fromEntries(scheduled) }
  const { outputs } = await executable.run({ steps, shared: {}, inputs, state: { parameter: start, ...traced.slots } })
  return outputs.parameter as Value
}

interface TracedUpdate {
  readonly program: Program
  /** The first values of the slots. */
  readonly slots: Values
  readonly hyperparameters: ReturnType<typeof hyperparameters>['all']
  readonly stepSize: Tensor | undefined
}

/** One update of a parameter as a program. */
export function traceUpdate(optimizer: Optimizer, shape: Shape, role: ParameterRole = 'kernel'): TracedUpdate {
  const collected = hyperparameters()
  const info = { name: 'parameter', role, shape, outputAxes: [1], inputAxes: [0] }
  const specs = Object.entries(optimizer.slots(info))
  const slots = Object.fromEntries(specs.map(([name, spec]) => [name, input(name, spec.shape)]))
  const call = { parameter: input('parameter', shape), gradient: input('gradient', shape), slots, info }
  const update = optimizer.update(call, collected.scope('optimizer'))
  const transitions = specs.map(([name]) => [
    name,
    { current: slots[name] as Tensor, next: update.slots[name] as Tensor },
  ])
  return {
    program: program({
      name: `update of ${optimizer.name}`,
      shared: {},
      inputs: {
        gradient: call.gradient,
        ...Object.fromEntries([...collected.all].map(([name, { tensor }]) => [name, tensor])),
      },
      state: { parameter: { current: call.parameter, next: update.parameter }, ...Object.fromEntries(transitions) },
      outputs: { parameter: update.parameter },
    }),
    slots: Object.fromEntries(specs.map(([name, spec]) => [name, filled('float32', spec.shape, spec.initial)])),
    hyperparameters: collected.all,
    stepSize: update.stepSize,
  }
}
