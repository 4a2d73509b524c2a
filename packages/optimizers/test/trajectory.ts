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
  /** The parameter to evaluate with after the update. */
  readonly evaluated: Tensor
  /** The first values of the slots. */
  readonly slots: Values
  readonly hyperparameters: Hyperparameters['all']
}

/** One update of a parameter as a program; the gradient is an input unless it is given. `left` is where proximal map and constraint leave the parameter. */
export function traceUpdate(
  optimizer: Optimizer,
  shape: Shape,
  role: ParameterRole = 'kernel',
  given: Partial<Pick<UpdateCall, 'parameter' | 'gradient'>> = {},
  left: (update: Update) => Tensor = (update) => update.parameter,
): TracedUpdate {
  const collected = hyperparameters()
  const info = { name: 'parameter', role, shape, outputAxes: [1], inputAxes: [0] }
  const specs = Object.entries(optimizer.slots(info))
  const slots = Object.fromEntries(specs.map(([name, spec]) => [name, input(name, spec.shape)]))
  const { parameter = input('parameter', shape), gradient = input('gradient', shape) } = given
  const scope = collected.scope('optimizer')
  const updated = optimizer.update({ parameter, gradient, slots, info }, scope)
  const finished = optimizer.finish?.({ parameter: left(updated), update: updated, info }, scope)
  const update: Update = { ...updated, slots: finished ?? updated.slots }
  const numbers = Object.fromEntries([...collected.all].map(([name, { tensor }]) => [name, tensor]))
  const transitions = specs.map(([name]) => [
    name,
    { current: slots[name] as Tensor, next: update.slots[name] as Tensor },
  ])
  const evaluated = optimizer.evaluationParameter?.(left(updated), update.slots, scope, info) ?? left(updated)
  return {
    update,
    evaluated,
    program: {
      name: `update of ${optimizer.name}`,
      shared: {},
      inputs: given.gradient === undefined ? { gradient, ...numbers } : numbers,
      state: { parameter: { current: parameter, next: left(updated) }, ...Object.fromEntries(transitions) },
      outputs: { parameter: left(updated) },
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

interface Outcome {
  /** The parameter after each step, and that to evaluate with: [steps, …shape]. */
  readonly trained: Value
  readonly evaluated: Value
}

async function followed(
  optimizer: Optimizer,
  start: Value,
  given: Value,
  role: ParameterRole,
  decay: number,
): Promise<Outcome> {
  const [steps = 0, ...shape] = given.shape
  const [parameter, gradient] = [input('parameter', shape), input('gradient', shape)]
  const coupled = decay === 0 ? gradient : add(gradient, mul(parameter, decay))
  const traced = traceUpdate(optimizer, shape, role, { parameter, gradient: coupled })
  const parts: Program = {
    ...traced.program,
    inputs: { gradient, ...traced.program.inputs },
    outputs: { trained: traced.update.parameter, evaluated: traced.evaluated },
  }
  const executable = await reference().compile(program(parts))
  const { outputs } = await executable.run({
    steps,
    shared: {},
    inputs: { gradient: given, ...scheduled(traced.hyperparameters, steps) },
    state: { parameter: start, ...traced.slots },
  })
  return outputs as unknown as Outcome
}

/** The parameter after each step of a run over gradients [steps, …shape], to which a coupled decay adds `decay` times the parameter. */
export async function trajectory(
  optimizer: Optimizer,
  start: Value,
  given: Value,
  role: ParameterRole = 'kernel',
  decay = 0,
): Promise<Value> {
  return (await followed(optimizer, start, given, role, decay)).trained
}

/** The parameter to evaluate with after each step. */
export async function averaged(
  optimizer: Optimizer,
  start: Value,
  given: Value,
  role: ParameterRole = 'kernel',
): Promise<Value> {
  return (await followed(optimizer, start, given, role, 0)).evaluated
}

export function numbersOf({ data }: Value): number[] {
  return Array.from(data, Number)
}
