// One case through core's ops on both backends, compared with the numbers that the ONNX project states.

import { type Backend, formatType, program, sliceStep, topological, type Value } from '@gradwerk/core'
import { assertClose, type Tolerance } from '@gradwerk/testing'
import type { Case, DataSet } from './case.ts'
import { LeftOut, reasonOf } from './left-out.ts'
import { valueOfMessage } from './messages.ts'
import { type ReadGraph, readGraph } from './read-graph.ts'

export type BackendName = 'reference' | 'ort'
export type Backends = Readonly<Record<BackendName, Backend>>

/** What became of a case on one backend: it passed, was left out for a reason, or failed with a message. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'left out'; readonly reason: string }
  | { readonly kind: 'failed'; readonly message: string }

export type Outcomes = Readonly<Record<BackendName, Outcome>>

/** How far a number may be from the one stated. The ONNX project's own rule is 10⁻⁷ + 10⁻³·|expected|. */
const tolerance: Tolerance = { absolute: 1e-6, relative: 1e-5 }
const projectsOwn: Tolerance = { absolute: 1e-7, relative: 1e-3 }

/** Cases whose stated numbers are not more exact than the ONNX project's own rule. */
const inexact: readonly RegExp[] = [
  /^test_(blackman|hamming|hann)window/, // π as 3.1415, up to release 1.12 and longer
  /^test_averagepool_2d_ceil_last_window_starts_on_pad$/, // four digits
]

function toleranceFor(name: string): Tolerance {
  return inexact.some((pattern) => pattern.test(name)) ? projectsOwn : tolerance
}

function outcomeOf(error: unknown): Outcome {
  const reason = reasonOf(error)
  if (reason !== undefined) return { kind: 'left out', reason }
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
}

async function compare(
  graph: ReadGraph,
  expected: readonly Value[],
  backend: Backend,
  allowed: Tolerance,
): Promise<void> {
  const { inputs, outputs, feeds } = graph
  const executable = await backend.compile(program({ name: 'case', shared: inputs, inputs: {}, state: {}, outputs }))
  const { outputs: steps } = await executable.run({ steps: 1, shared: feeds, inputs: {}, state: {} })
  const results = sliceStep(steps, 0)
  Object.keys(outputs).forEach((name, i) => {
    const [got, wanted] = [results[name], expected[i]] as [Value, Value]
    if (formatType(got) !== formatType(wanted))
      throw new Error(`output '${name}' has another type; expected ${formatType(wanted)}; got ${formatType(got)}`)
    assertClose(got, wanted, allowed, `output '${name}'`)
  })
}

const float64 = ({ outputs }: ReadGraph) => topological(Object.values(outputs)).some(({ dtype }) => dtype === 'float64')

/** Runs a data set on one backend. Only the reference backend computes in float64; on the other, such numbers are rounded to float32. */
async function runOn(
  name: BackendName,
  backend: Backend,
  { name: title, model }: Case,
  { inputs, outputs }: DataSet,
): Promise<void> {
  const options = { roundFloat64: name === 'ort' }
  const graph = readGraph(model, inputs, options)
  const expected = outputs.map((tensor) => valueOfMessage(tensor, options))
  if (name === 'ort' && float64(graph)) throw new LeftOut('float64 on ONNX Runtime')
  await compare(graph, expected, backend, toleranceFor(title))
}

async function outcomeOn(name: BackendName, backend: Backend, given: Case): Promise<Outcome> {
  try {
    const sets = given.dataSets()
    if (sets.length === 0) return { kind: 'left out', reason: 'no data' }
    for (const set of sets) await runOn(name, backend, given, set)
    return { kind: 'passed' }
  } catch (error) {
    return outcomeOf(error)
  }
}

export async function runCase(given: Case, backends: Backends): Promise<Outcomes> {
  return {
    reference: await outcomeOn('reference', backends.reference, given),
    ort: await outcomeOn('ort', backends.ort, given),
  }
}
