// Runs an optimizer on given gradients, as a program of the reference backend.

import {
  add,
  filled,
  type Hyperparameters,
  hyperparameters,
  input,
  mul,
  type Optimizer,
  type ParameterRole,
  type Program,
  program,
  reference,
  type Shape,
  type Tensor,
  type Update,
  type UpdateCall,
  type Value,
  type Values,
  valueAt,
  valueOf,
} from '@gradwerk/core'

interface TracedUpdate {
  readonly program: Program
  readonly update: Update
  /** The first values of the slots. */
  readonly slots: Values
  readonly hyperparameters: Hyperparameters['all']
}

/** One update of a parameter as a program; the gradient is an input unless it is given. */
export function traceUpdate(
  optimizer: Optimizer,
  shape: Shape,
  role: ParameterRole = 'kernel',
  given: Partial<Pick<UpdateCall, 'parameter' | 'gradient'>> = {},
): TracedUpdate {
  const collected = hyperparameters()
  const info = { name: 'parameter', role, shape, outputAxes: [1], inputAxes: [0] }
  const specs = Object.entries(optimizer.slots(info))
  const slots = Object.fromEntries(specs.map(([name, spec]) => [name, input(name, spec.shape)]))
  const { parameter = input('parameter', shape), gradient = input('gradient', shape) } = given
  const scope = collected.scope('optimizer')
  const updated = optimizer.update({ parameter, gradient, slots, info }, scope)
  const finished = optimizer.finish?.({ parameter: updated.parameter, update: updated, info }, scope)
  const update: Update = { ...updated, slots: finished ?? updated.slots }
  const numbers = Object.fromEntries([...collected.all].map(([name, { tensor }]) => [name, tensor]))
  const transitions = specs.map(([name]) => [
    name,
    { current: slots[name] as Tensor, next: update.slots[name] as Tensor },
  ])
  return {
    update,
    program: {
      name: `update of ${optimizer.name}`,
      shared: {},
      inputs: given.gradient === undefined ? { gradient, ...numbers } : numbers,
      state: { parameter: { current: parameter, next: update.parameter }, ...Object.fromEntries(transitions) },
      outputs: { parameter: update.parameter },
    },
    slots: Object.fromEntries(specs.map(([name, spec]) => [name, filled('float32', spec.shape, spec.initial)])),
    hyperparameters: collected.all,
  }
}

/** The values of hyper-parameters for each of a number of steps. */
export function scheduled(of: Hyperparameters['all'], steps: number): Values {
  return Object.fromEntries(
    [...of].map(([name, { value }]) => [
      name,
      valueOf(
        'float32',
        [steps],
        Array.from({ length: steps }, (_, step) => valueAt(value, step, steps)),
      ),
    ]),
  )
}

/** The parameter after each step of a run over gradients [steps, …shape], to which a coupled decay adds `decay` times the parameter. */
export async function trajectory(
  optimizer: Optimizer,
  start: Value,
  given: Value,
  role: ParameterRole = 'kernel',
  decay = 0,
): Promise<Value> {
  const [steps = 0, ...shape] = given.shape
  const [parameter, gradient] = [input('parameter', shape), input('gradient', shape)]
  const coupled = decay === 0 ? {} : { gradient: add(gradient, mul(parameter, decay)) }
  const plain = traceUpdate(optimizer, shape, role, { parameter, ...coupled })
  const traced = { ...plain, program: { ...plain.program, inputs: { gradient, ...plain.program.inputs } } }
  const executable = await reference().compile(program(traced.program))
  const inputs = { gradient: given, ...scheduled(traced.hyperparameters, steps) }
  const { outputs } = await executable.run({ steps, shared: {}, inputs, state: { parameter: start, ...traced.slots } })
  return outputs.parameter as Value
}
