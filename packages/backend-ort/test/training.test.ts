import { ort } from '@gradwerk/backend-ort'
import { type Executable, type RunCall, reference, sliceStep, type Values } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { trainingCall, trainingStep } from './programs.ts'

const step = trainingStep()

function expectClose(a: Values, b: Values): void {
  expect(Object.keys(a)).toEqual(Object.keys(b))
  for (const [name, value] of Object.entries(a)) {
    expect(value.shape).toEqual(b[name]?.shape)
    for (const [i, x] of value.data.entries()) expect(Math.abs(Number(x) - Number(b[name]?.data[i]))).toBeLessThan(1e-5)
  }
}

/** The steps of a call in calls of one step each. */
async function oneByOne(executable: Executable, call: RunCall) {
  const outputs: Values[] = []
  let { state } = call
  for (let i = 0; i < call.steps; i++) {
    const inputs = Object.fromEntries(
      Object.entries(sliceStep(call.inputs, i)).map(([name, { dtype, shape, data }]) => [
        name,
        { dtype, shape: [1, ...shape], data },
      ]),
    )
    const result = await executable.run({ steps: 1, shared: call.shared, inputs, state })
    state = result.state
    outputs.push(result.outputs)
  }
  return { state, outputs }
}

test('a training step computes what the reference backend computes', async () => {
  const call = trainingCall(step, 4)
  const [expected, got] = await Promise.all(
    [reference(), ort({ threads: 1 })].map(async (b) => (await b.compile(step)).run(call)),
  )
  expectClose(got?.state ?? {}, expected?.state ?? {})
  expectClose(got?.outputs ?? {}, expected?.outputs ?? {})
})

test('eight steps in one call give the bits of eight calls', async () => {
  const executable = await ort({ threads: 1 }).compile(step)
  const call = trainingCall(step, 8)
  const together = await executable.run(call)
  const single = await oneByOne(executable, call)
  expect(together.state).toEqual(single.state)
  expect(Array.from(together.outputs.loss?.data ?? [], Number)).toEqual(single.outputs.map(({ loss }) => loss?.data[0]))
})

test('calls that overlap take turns, and change nothing that was passed', async () => {
  const executable = await ort({ threads: 1 }).compile(step)
  const call = trainingCall(step, 3)
  const before = structuredClone(call)
  const [first, second] = await Promise.all([executable.run(call), executable.run(call)])
  expect(first).toEqual(second)
  expect(first?.state.kernel?.data).not.toBe(second?.state.kernel?.data)
  expect(call).toEqual(before)
})

test('a call after a failed one runs', async () => {
  const executable = await ort({ threads: 1 }).compile(step)
  const call = trainingCall(step, 2)
  const indices = { ...call.inputs.indices, data: new BigInt64Array(16).fill(99n) } as Values[string]
  const bad = executable.run({ ...call, inputs: { ...call.inputs, indices } })
  const good = executable.run(call)
  await expect(bad).rejects.toThrow(/program step: a run failed \(ONNX Runtime: /)
  expect((await good).state.kernel?.shape).toEqual([6, 5])
})
