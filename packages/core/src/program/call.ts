// What backends share: the check of what a call gives, and values stacked along the axis of steps.

import type { RunCall } from '../contracts/backend.ts'
import { BackendError } from '../errors.ts'
import type { Data } from '../tensor/dtype.ts'
import { dynamic, type Shape, sizeOf } from '../tensor/shape.ts'
import { formatType, type Tensor } from '../tensor/tensor.ts'
import type { Type, Value, Values } from '../tensor/value.ts'
import type { Program } from './program.ts'

function fits(given: Value, expected: Type): boolean {
  return (
    given.dtype === expected.dtype &&
    given.shape.length === expected.shape.length &&
    expected.shape.every((length, axis) => length === dynamic || length === given.shape[axis])
  )
}

function checkValues(
  program: Program,
  kind: string,
  expected: Readonly<Record<string, Tensor>>,
  given: Values,
  leading: Shape,
): void {
  for (const [name, { dtype, shape }] of Object.entries(expected)) {
    const type = { dtype, shape: [...leading, ...shape] }
    const value = given[name]
    if (value === undefined || !fits(value, type))
      throw new BackendError({
        who: `program ${program.name}`,
        problem: `${kind} '${name}' ${value === undefined ? 'is missing' : 'has the wrong type'}`,
        expected: formatType(type),
        ...(value === undefined ? {} : { got: formatType(value) }),
      })
    if (value.data.length !== sizeOf(value.shape))
      throw new BackendError({
        who: `program ${program.name}`,
        problem: `the data of ${kind} '${name}' does not fill its shape`,
        expected: `${sizeOf(value.shape)} elements for ${formatType(value)}`,
        got: String(value.data.length),
      })
  }
  for (const name of Object.keys(given))
    if (!(name in expected))
      throw new BackendError({
        who: `program ${program.name}`,
        problem: `there is no ${kind} '${name}'`,
        expected: Object.keys(expected).join(', '),
      })
}

/** Throws a BackendError unless a call gives exactly the values a program takes. */
export function checkCall(program: Program, { steps, shared, inputs, state }: RunCall): void {
  if (!Number.isSafeInteger(steps) || steps < 1)
    throw new BackendError({
      who: `program ${program.name}`,
      problem: 'not a number of steps',
      expected: 'a whole number ≥ 1',
      got: String(steps),
    })
  checkValues(program, 'shared input', program.shared, shared, [])
  checkValues(program, 'input', program.inputs, inputs, [steps])
  const states = Object.fromEntries(Object.entries(program.state).map(([name, { current }]) => [name, current]))
  checkValues(program, 'state', states, state, [])
}

/** The values of one step out of values with a leading axis of steps. The data is not copied. */
export function sliceStep(values: Values, step: number): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, { dtype, shape, data }]) => {
      const inner = shape.slice(1)
      const size = sizeOf(inner)
      return [name, { dtype, shape: inner, data: data.subarray(step * size, (step + 1) * size) }]
    }),
  )
}

/** Values of single steps, joined along a new leading axis. */
export function joinSteps(steps: readonly Values[]): Values {
  const first = steps[0] ?? {}
  return Object.fromEntries(
    Object.entries(first).map(([name, { dtype, shape, data }]) => {
      const joined = new (data.constructor as new (length: number) => Data)(data.length * steps.length)
      for (const [i, values] of steps.entries()) joined.set((values[name] as Value).data as never, i * data.length)
      return [name, { dtype, shape: [steps.length, ...shape], data: joined }]
    }),
  )
}
