import { ort } from '@gradwerk/backend-ort'
import {
  add,
  BackendError,
  bernoulli,
  cast,
  dynamic,
  greater,
  input,
  matmul,
  mul,
  OptionError,
  type Program,
  program,
  type RunCall,
  randomUniform,
  reference,
  relu,
  scalar,
  sum,
  valueOf,
} from '@gradwerk/core'
import { expect, test } from 'vitest'
import { drawn, predict } from './programs.ts'

const backend = ort({ threads: 1 })

async function both(of: Program, call: RunCall) {
  const [expected, got] = await Promise.all([reference(), backend].map(async (b) => (await b.compile(of)).run(call)))
  expect(got).toEqual(expected)
  return got
}

const empty = { steps: 1, shared: {}, inputs: {}, state: {} }

test('an evaluation takes any batch size, and several steps', async () => {
  const x = input('x', [dynamic, 3])
  const w = input('w', [3, 2])
  const of = program({ name: 'evaluate', shared: { w }, inputs: { x }, state: {}, outputs: { y: relu(matmul(x, w)) } })
  const executable = await backend.compile(of)
  for (const [steps, batch] of [
    [1, 5],
    [3, 2],
    [1, 1],
  ] as const) {
    const call = {
      ...empty,
      steps,
      shared: { w: valueOf('float32', [3, 2], [1, 0, 0, 1, 1, 1]) },
      inputs: { x: drawn({ dtype: 'float32', shape: [steps, batch, 3] }) },
    }
    expect((await executable.run(call)).outputs.y?.shape).toEqual([steps, batch, 2])
    await both(of, call)
  }
})

test('states that stay, swap, are bool, or are constants; outputs that are inputs, constants or the same', async () => {
  const [a, b] = [input('a', [2]), input('b', [2])]
  const [kept, flag, reset] = [input('kept', [1], 'int64'), input('flag', [2], 'bool'), input('reset', [])]
  const x = input('x', [2])
  const step = program({
    name: 'states',
    shared: {},
    inputs: { x },
    state: {
      a: { current: a, next: b },
      b: { current: b, next: a },
      kept: { current: kept, next: kept },
      flag: { current: flag, next: greater(a, b) },
      reset: { current: reset, next: scalar(4) },
    },
    outputs: { x, a, again: a, one: scalar(1), kept, flag, next: b },
  })
  const state = {
    a: valueOf('float32', [2], [1, 2]),
    b: valueOf('float32', [2], [3, 0]),
    kept: valueOf('int64', [1], [7]),
    flag: valueOf('bool', [2], [1, 0]),
    reset: valueOf('float32', [], [0]),
  }
  await both(step, { ...empty, steps: 3, inputs: { x: drawn({ dtype: 'float32', shape: [3, 2] }) }, state })
})

test('a program that computes nothing runs', async () => {
  const kept = input('kept', [])
  const idle = program({
    name: 'idle',
    shared: {},
    inputs: {},
    state: { kept: { current: kept, next: kept } },
    outputs: {},
  })
  const call = { ...empty, state: { kept: scalar(1) }.kept && { kept: valueOf('float32', [], [1]) } }
  expect(await both(idle, call)).toEqual({ state: call.state, outputs: {} })
})

test('tensors without elements', async () => {
  const x = input('x', [0, 3])
  await both(predict({ y: add(x, 1), total: sum(x, { axes: [0] }) }, x), {
    ...empty,
    steps: 2,
    shared: { x: valueOf('float32', [0, 3], []) },
  })
})

test('random numbers are those of the reference, drawn on the host or, where the key is state, in the graph', async () => {
  const key = input('key', [2], 'uint32')
  const chance = input('chance', [])
  const draws = { mask: bernoulli(key, chance, [3, 5]), uniform: mul(randomUniform(key, [7]), 2) }
  const keys = drawn({ dtype: 'uint32', shape: [2, 2] }, 2 ** 32 - 1)
  const shared = { chance: valueOf('float32', [], [0.4]) }
  const fed = program({ name: 'fed', shared: { chance }, inputs: { key }, state: {}, outputs: draws })
  await both(fed, { ...empty, steps: 2, shared, inputs: { key: keys } })
  const once = program({ name: 'once', shared: { chance, key }, inputs: {}, state: {}, outputs: draws })
  const state = { key: { dtype: 'uint32', shape: [2], data: keys.data.slice(0, 2) } } as const
  await both(once, { ...empty, steps: 2, shared: { ...shared, ...state } })
  const carried = program({
    name: 'carried',
    shared: { chance },
    inputs: {},
    state: { key: { current: key, next: add(key, key) } },
    outputs: draws,
  })
  await both(carried, { ...empty, steps: 2, shared, state })
})

test('names that look like those the backend makes up do not collide', async () => {
  const names = ['steps', 'iteration', 'condition', 'Relu', 'constant', 'x.next']
  const inputs = names.map((name) => input(name, [2]))
  const total = inputs.reduce((a, b) => add(a, relu(b)))
  const values = Object.fromEntries(names.map((name) => [name, valueOf('float32', [2], [1, -1])]))
  await both(predict({ steps: total, Add: add(total, 1) }, ...inputs), { ...empty, shared: values })
})

test('float64 is refused', async () => {
  const x = input('x', [2], 'float64')
  const refused = backend.compile(predict({ y: cast(add(x, 1), 'float32') }, x))
  await expect(refused).rejects.toThrow(BackendError)
  await expect(refused).rejects.toThrow(/program predict: .* float64.*; expected float32; got float64 \[2\]/)
})

test('a call with a wrong, missing or unknown value is refused', async () => {
  const x = input('x', [2])
  const executable = await backend.compile(predict({ y: add(x, 1) }, x))
  await expect(executable.run(empty)).rejects.toThrow("shared input 'x' is missing; expected float32 [2]")
  const wrong = { ...empty, shared: { x: valueOf('int32', [3], [1, 2, 3]) } }
  await expect(executable.run(wrong)).rejects.toThrow('expected float32 [2]; got int32 [3]')
  const right = { x: valueOf('float32', [2], [1, 2]) }
  await expect(executable.run({ ...empty, shared: { ...right, z: right.x } })).rejects.toThrow("no shared input 'z'")
  await expect(executable.run({ ...empty, steps: 0, shared: right })).rejects.toThrow(BackendError)
})

test('threads are checked and described', () => {
  for (const threads of [0, 1.5, Number.NaN, 1000]) expect(() => ort({ threads })).toThrow(OptionError)
  expect(() => ort({ spinMicroseconds: -1 })).toThrow(
    "ort: option 'spinMicroseconds' is not valid; expected a whole number from 0 to 1000; got -1",
  )
  expect(() => ort({ rewrites: 'no' } as object)).toThrow(
    'option \'rewrites\' is not valid; expected boolean; got "no"',
  )
  expect(ort({ threads: 3 }).description).toEqual({
    name: 'onnxruntime-node',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    threads: 3,
  })
  expect(ort({ rewrites: false }).description.name).toBe('onnxruntime-node without rewrites')
  expect(ort().description.threads).toBeGreaterThanOrEqual(1)
})
