// A program as a plain ONNX model of one step: what an exported training step or forward pass is.

import { type Program, parseOptions, resultsOf, type Tensor } from '@gradwerk/core'
import { z } from 'zod'
import { GraphBuilder } from './graph-builder.ts'
import { lowerExpressions, type Rewrite } from './lower.ts'
import { encodeModel, type ModelFacts } from './model.ts'
import { opsetSchema } from './opset.ts'

export interface LowerOptions {
  /** Version of the ONNX operator set, 17 to 26. Default 21. */
  readonly opset?: number
  /** Name of `dynamic` axes. Default 'batch'. */
  readonly dynamicName?: string
  /** Rules that go before the ops' own lowerings. Default none: the standard form. */
  readonly rewrites?: readonly Rewrite[]
  /** Version and metadata to write into the model. */
  readonly facts?: Omit<ModelFacts, 'name'>
}

const schema = z.strictObject({
  opset: opsetSchema,
  dynamicName: z.string().min(1).default('batch').meta({ description: 'name of `dynamic` axes' }),
  rewrites: z
    .array(z.custom<Rewrite>((x) => typeof x === 'object' && x !== null && 'name' in x, { error: 'a rewrite' }))
    .default([])
    .meta({
      description: "rules that go before the ops' own lowerings",
    }),
  facts: z
    .custom<Omit<ModelFacts, 'name'>>((x) => typeof x === 'object' && x !== null, { error: '{ version, metadata }' })
    .default({})
    .meta({ description: 'version and metadata to write into the model' }),
})

/** The name of the output that holds a state after the step. */
export function nextName(state: string): string {
  return `${state}.next`
}

/**
 * Lowers one step of a program to the bytes of an ONNX model. Its inputs are the program's shared inputs, inputs and state, in that
 * order; its outputs the program's outputs, then every state after the step as `<name>.next`.
 */
export function lowerProgram(program: Program, options: LowerOptions = {}): Uint8Array<ArrayBuffer> {
  const { opset, dynamicName, rewrites, facts } = parseOptions('lowerProgram', schema, options)
  const builder = new GraphBuilder(opset)
  const bound = new Map<Tensor, string>()
  const bind = (name: string, tensor: Tensor) =>
    bound.set(tensor, builder.input(builder.names.take(name), tensor, dynamicName))
  for (const [name, tensor] of Object.entries(program.shared)) bind(name, tensor)
  for (const [name, tensor] of Object.entries(program.inputs)) bind(name, tensor)
  for (const [name, { current }] of Object.entries(program.state)) bind(name, current)
  for (const name of Object.keys(program.outputs)) builder.names.take(name)
  for (const name of Object.keys(program.state)) builder.names.take(nextName(name))
  const pathOf = (tensor: Tensor) => program.paths?.get(tensor) ?? ''
  const { nameOf } = lowerExpressions(builder, resultsOf(program), bound, rewrites, pathOf)
  for (const [name, tensor] of Object.entries(program.outputs))
    builder.output(name, nameOf(tensor), tensor, dynamicName)
  for (const [name, { next }] of Object.entries(program.state))
    builder.output(nextName(name), nameOf(next), next, dynamicName)
  return encodeModel(builder, { name: program.name, ...facts })
}
