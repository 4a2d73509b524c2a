// The gradients of a step on their own, for callbacks that look at them.

import { type Program, program } from '@gradwerk/core'
import type { StepProgram } from './step-program.ts'

/** A program of one training step that updates nothing and gives the gradients by parameter. */
export function gradientProgram({ program: step, trace, gradients }: StepProgram): Program {
  const numbers = [...trace.parameters, ...trace.states].map(([name, { tensor }]) => [name, tensor] as const)
  return program({
    name: `gradients of the ${step.name}`,
    shared: { ...step.shared, ...Object.fromEntries(numbers) },
    inputs: step.inputs,
    state: {},
    outputs: Object.fromEntries(gradients),
  })
}
