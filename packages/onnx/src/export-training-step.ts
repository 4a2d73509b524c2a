// A training step as ONNX files: the step with its state as inputs and outputs, and the numbers it starts from.

import { DataError, formatType, ProgramError, parseOptions, show, type TrainingStep, type Values } from '@gradwerk/core'
import { z } from 'zod'
import { GraphBuilder } from './graph-builder.ts'
import { lowerProgram, nextName } from './lower-program.ts'
import { type ModelMetadata, metadataEntries, metadataSchema } from './metadata.ts'
import { encodeModel } from './model.ts'
import { opsetSchema } from './opset.ts'

export interface TrainingStepOptions {
  /** Version of the ONNX operator set, 17 to 26; random numbers in the step need 18. Default 21. */
  readonly opset?: number
  /** What else the files say. Default nothing. */
  readonly metadata?: ModelMetadata
}

export interface ExportedTrainingStep {
  /** One step: `(batch, key, hyper-parameters, state) → (loss, objective, next state)`. */
  readonly step: Uint8Array<ArrayBuffer>
  /**
   * A model without inputs whose outputs are the state before the first step and the hyper-parameters, under the names of the step's
   * inputs; scheduled hyper-parameters as `<name>.schedule`, a number for each step of the run.
   */
  readonly initial: Uint8Array<ArrayBuffer>
}

const schema = z.strictObject({
  opset: opsetSchema,
  metadata: metadataSchema.default({}).meta({ description: 'what else the files say' }),
})

/**
 * Writes a whole training step (augmentation, forward pass, loss, penalties, gradients, optimizer) as an ONNX model of standard operators,
 * so that any ONNX Runtime can train on:
 *
 * ```
 * values = initial()
 * at step i: value[name] = `name.schedule`[i]; loss, next… = step(inputs, targets, key, …values); value[name] = `name.next`
 * ```
 *
 * Inputs of `step`: `inputs` [batch, …features] and `targets` [batch, …] of the dataset's element types (bytes are scaled in the graph); `key`
 * uint32 [2], another one for each step; hyper-parameters by name (`optimizer.learningRate`), float32 scalars; and the state: parameters, running
 * statistics and optimizer slots (`dense.kernel/momentum`). Outputs: `loss`, the mean over the batch; `objective`, with penalties; the next value of
 * every state as `<name>.next`. The metadata `gradwerk.training` lists them as JSON.
 *
 * Schedules are more than learning rates: the bias corrections of Adam are among them. `trainingStep.inputs(step)` holds what the trainer itself
 * gives at a step.
 *
 * @throws OptionError when an op needs a newer operator set; DataError for what is no training step; ProgramError where a first value is missing
 * @example
 * ```ts
 * const { step, initial } = await exportTrainingStep(await trainer.program(train, { batchSize: 32 }))
 * ```
 */
export async function exportTrainingStep(
  trainingStep: TrainingStep,
  options: TrainingStepOptions = {},
): Promise<ExportedTrainingStep> {
  const who = 'exportTrainingStep'
  const { opset, metadata } = parseOptions(who, schema, options)
  if (trainingStep?.program === undefined)
    throw new DataError({
      who,
      problem: 'not a training step',
      expected: 'what program of a trainer resolves to',
      got: show(trainingStep),
      hint: 'await trainer.program(train)',
    })
  const { program } = trainingStep
  const { shared, schedules, state } = trainingStep
  const first = { ...shared, ...state }
  const expected = Object.entries({
    ...program.shared,
    ...Object.fromEntries(Object.entries(program.state).map(([name, { current }]) => [name, current])),
  })
  for (const [name, type] of expected)
    if (first[name] === undefined)
      throw new ProgramError({ who, problem: `there is no first value of '${name}'`, expected: formatType(type) })
  const description = {
    batch: Object.keys(program.inputs).filter((name) => schedules[name] === undefined),
    hyperparameters: Object.keys(program.shared),
    schedules: Object.fromEntries(Object.keys(schedules).map((name) => [name, scheduleName(name)])),
    state: Object.fromEntries(Object.keys(program.state).map((name) => [name, nextName(name)])),
    outputs: Object.keys(program.outputs),
  }
  const entries = { 'gradwerk.training': JSON.stringify(description), ...metadataEntries(who, metadata) }
  return {
    step: lowerProgram(program, { opset, facts: { metadata: entries } }),
    initial: constants({ ...first, ...renamed(schedules) }, opset, entries),
  }
}

function scheduleName(hyperparameter: string): string {
  return `${hyperparameter}.schedule`
}

function renamed(schedules: Values): Values {
  return Object.fromEntries(Object.entries(schedules).map(([name, value]) => [scheduleName(name), value]))
}

/** A model without inputs that gives values. */
function constants(values: Values, opset: number, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const builder = new GraphBuilder(opset)
  const names = Object.keys(values)
  for (const name of names) builder.names.take(name)
  for (const [name, value] of Object.entries(values)) {
    const held = builder.initializer(builder.names.fresh(`${name}/first`), value)
    builder.output(name, held, value)
  }
  return encodeModel(builder, { name: 'initial', metadata })
}
