// What holds for backends: the numbers of the reference, however steps are grouped into calls.

import {
  type Backend,
  BackendError,
  copyOf,
  gradients,
  input,
  isFloat,
  joinSteps,
  mul,
  type Program,
  program,
  type RunCall,
  type RunResult,
  reference,
  sliceStep,
  sum,
  type Tensor,
  type Value,
  type Values,
} from '@gradwerk/core'
import { CheckError, check } from '../errors.ts'
import { singleStep, type TrainingStep } from '../problems/training-steps.ts'
import { type OpSample, sampleFeeds, sampleTensors } from '../samples/sample.ts'
import { assertClose, assertSame, randomValue, type Tolerance } from '../values.ts'
import { hasGradient, nameOfSample } from './op.ts'

/** Sums of float32 products in another order. */
export const backendTolerance: Tolerance = { largest: 1e-5, absolute: 1e-6 }
/** After several steps. */
export const trainingTolerance: Tolerance = { largest: 1e-4, absolute: 1e-6 }

async function run(backend: Backend, parts: Program, call: RunCall): Promise<RunResult> {
  return (await backend.compile(parts)).run(call)
}

function assertValues(actual: Values, expected: Values, tolerance: Tolerance, who: string): void {
  for (const [name, value] of Object.entries(expected)) {
    const got = actual[name]
    if (got === undefined) throw new CheckError({ who, problem: `'${name}' is missing` })
    check(got.dtype === value.dtype, who, `'${name}' has another element type`, {
      expected: value.dtype,
      got: got.dtype,
    })
    assertClose(got, value, isFloat(value.dtype) ? tolerance : {}, `${who}, '${name}'`)
  }
}

/** The sample and its gradients as a program of one step. */
function programOf(sample: OpSample): { program: Program; inputs: Values } {
  const tensors = sampleTensors(sample)
  const output = sample.build(...tensors)
  const outputs: Record<string, Tensor> = { output }
  const inputs: Record<string, Tensor> = Object.fromEntries(tensors.map((tensor, i) => [`x${i}`, tensor]))
  const feeds: Record<string, Value> = sampleFeeds(sample)
  if (hasGradient(sample)) {
    const cotangent = input('cotangent', output.shape)
    const floats = Object.entries(inputs).filter(([, { dtype }]) => isFloat(dtype))
    const slopes = gradients(
      sum(mul(output, cotangent)),
      floats.map(([, tensor]) => tensor),
    )
    floats.forEach(([name], i) => {
      outputs[`gradient of ${name}`] = slopes[i] as Tensor
    })
    inputs.cotangent = cotangent
    feeds.cotangent = randomValue(cotangent, 29)
  }
  const name = nameOfSample(sample)
  return { program: program({ name, shared: {}, inputs, state: {}, outputs }), inputs: joinSteps([feeds]) }
}

/** The sample and its gradients have the reference's numbers; whole numbers and random ones bit for bit. */
export async function assertSampleOnBackend(
  backend: Backend,
  sample: OpSample,
  tolerance: Tolerance = backendTolerance,
): Promise<void> {
  const { program: parts, inputs } = programOf(sample)
  const call: RunCall = { steps: 1, shared: {}, inputs, state: {} }
  const expected = await run(reference(), parts, call)
  const actual = await run(backend, parts, call)
  assertValues(actual.outputs, expected.outputs, sample.exact === true ? {} : tolerance, nameOfSample(sample))
}

/** Several steps in one call give the reference's losses and states. */
export async function assertTrainsLikeReference(
  backend: Backend,
  { program: parts, call }: TrainingStep,
  tolerance: Tolerance = trainingTolerance,
): Promise<void> {
  const expected = await run(reference(), parts, call)
  const actual = await run(backend, parts, call)
  assertValues(actual.outputs, expected.outputs, tolerance, parts.name)
  assertValues(actual.state, expected.state, tolerance, parts.name)
}

/** One call of k steps and k calls of one step: the same bits. */
export async function assertStepsCompose(backend: Backend, { program: parts, call }: TrainingStep): Promise<void> {
  const executable = await backend.compile(parts)
  const whole = await executable.run(call)
  let { state } = call
  const outputs: Values[] = []
  for (let step = 0; step < call.steps; step++) {
    const result = await executable.run({ ...call, steps: 1, inputs: singleStep(call.inputs, step), state })
    state = result.state
    outputs.push(sliceStep(result.outputs, 0))
  }
  assertValues(joinSteps(outputs), whole.outputs, {}, `${parts.name}, one step a call`)
  assertValues(state, whole.state, {}, `${parts.name}, one step a call`)
}

/** The same call twice gives the same bits, changes nothing it was given, and returns values that share no memory with it. */
export async function assertPure(backend: Backend, { program: parts, call }: TrainingStep): Promise<void> {
  const given = [call.shared, call.inputs, call.state].map((values) => Object.entries(values))
  const before = given.map((entries) => Object.fromEntries(entries.map(([name, value]) => [name, copyOf(value)])))
  const executable = await backend.compile(parts)
  const [first, second] = [await executable.run(call), await executable.run(call)]
  assertValues(second.outputs, first.outputs, {}, `${parts.name}, run again`)
  assertValues(second.state, first.state, {}, `${parts.name}, run again`)
  given.forEach((entries, i) => {
    for (const [name, value] of entries)
      assertSame(value, before[i]?.[name] as Value, `${parts.name} changed '${name}'`)
  })
  const buffers = new Set(given.flat().map(([, { data }]) => data.buffer))
  for (const [name, { data }] of [...Object.entries(first.state), ...Object.entries(first.outputs)])
    check(!buffers.has(data.buffer), parts.name, `'${name}' is not fresh: it shares memory with what was given`)
}

/** Calls that do not fit are refused with a BackendError. */
export async function assertRefusesCalls(backend: Backend, { program: parts, call }: TrainingStep): Promise<void> {
  const executable = await backend.compile(parts)
  const [name] = Object.keys(call.inputs) as [string]
  const { [name]: _, ...incomplete } = call.inputs
  const wrong: Readonly<Record<string, RunCall>> = {
    'no steps': { ...call, steps: 0 },
    'an input less': { ...call, inputs: incomplete },
    'an input more': { ...call, inputs: { ...call.inputs, more: call.inputs[name] as Value } },
    'fewer steps of inputs': { ...call, inputs: singleStep(call.inputs, 0) },
    'no state': { ...call, state: {} },
  }
  for (const [title, refused] of Object.entries(wrong)) {
    const error: unknown = await executable.run(refused).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    check(error instanceof BackendError, parts.name, `a call with ${title} is not refused`, {
      expected: 'a BackendError',
      got: String(error),
    })
  }
}
