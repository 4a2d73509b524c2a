// A program: named inputs and state in, outputs and the next state out. What a backend compiles.

import { ProgramError } from '../errors.ts'
import { sameShape } from '../tensor/shape.ts'
import { formatType, isLeaf, type Tensor } from '../tensor/tensor.ts'
import { topological } from './graph.ts'

export interface StateTransition {
  /** The input that stands for the state before the step. */
  readonly current: Tensor
  /** The state after the step, of the same type. */
  readonly next: Tensor
}

export interface Program {
  readonly name: string
  /** Inputs that keep their value for all steps of a call: data sets, constant hyper-parameters, parameters of an evaluation. */
  readonly shared: Readonly<Record<string, Tensor>>
  /** Inputs with a value of their own for each step: batch indices, random keys, scheduled hyper-parameters. */
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly state: Readonly<Record<string, StateTransition>>
  readonly outputs: Readonly<Record<string, Tensor>>
  /** What made its tensors, for readable names; it changes no number. */
  readonly paths?: ReadonlyMap<Tensor, string>
}

/** The tensors a program computes: outputs first, then next states. */
export function resultsOf(program: Program): Tensor[] {
  return [...Object.values(program.outputs), ...Object.values(program.state).map(({ next }) => next)]
}

/**
 * Checks and returns a program. Throws a ProgramError when an input is used but not declared, two inputs share a name, or a state
 * changes its type.
 */
export function program(parts: Program): Program {
  const who = `program ${parts.name}`
  const declared = new Map<string, Tensor>()
  const states = Object.entries(parts.state).map(([name, { current }]) => [name, current] as const)
  for (const [name, tensor] of [...Object.entries(parts.shared), ...Object.entries(parts.inputs), ...states]) {
    if (tensor.op.name !== 'input' || tensor.op.attributes['name'] !== name)
      throw new ProgramError({
        who,
        problem: `'${name}' is not an input of that name`,
        expected: `input('${name}', …)`,
        got: tensor.op.name,
      })
    if (declared.has(name))
      throw new ProgramError({ who, problem: `two inputs are named '${name}'`, expected: 'distinct names' })
    declared.set(name, tensor)
  }
  for (const [name, { current, next }] of Object.entries(parts.state))
    if (current.dtype !== next.dtype || !sameShape(current.shape, next.shape))
      throw new ProgramError({
        who,
        problem: `state '${name}' changes its type`,
        expected: formatType(current),
        got: formatType(next),
      })
  for (const tensor of topological(resultsOf(parts)))
    if (isLeaf(tensor.op) && tensor.op.name === 'input' && declared.get(tensor.op.attributes.name) !== tensor)
      throw new ProgramError({
        who,
        problem: `input '${tensor.op.attributes.name}' is used but not declared`,
        got: formatType(tensor),
      })
  return parts
}
