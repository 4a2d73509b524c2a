import { describe, expect, test } from 'vitest'
import { add, mul } from '../ops/binary.ts'
import { softmax } from '../ops/composites.ts'
import { sum } from '../ops/reduce.ts'
import { evaluate } from '../reference/evaluate.ts'
import { reference } from '../reference/reference.ts'
import { input, type Tensor } from '../tensor/tensor.ts'
import { valueOf } from '../tensor/value.ts'
import { gradients } from './gradient.ts'
import { topological } from './graph.ts'
import { program } from './program.ts'

const x = input('x', [2])
const w = input('w', [2])
const parts = {
  name: 'p',
  shared: {},
  inputs: { x },
  state: { w: { current: w, next: add(w, x) } },
  outputs: { y: sum(mul(w, x)) },
}
const f32 = (shape: number[], ...data: number[]) => valueOf('float32', shape, data)

describe('program', () => {
  test('refuses what does not fit', () => {
    expect(() => program({ ...parts, inputs: {} })).toThrow("input 'x' is used but not declared")
    expect(() => program({ ...parts, inputs: { x: input('x', [2]) } })).toThrow("input 'x' is used but not declared")
    expect(() => program({ ...parts, inputs: { z: x } })).toThrow("'z' is not an input of that name")
    expect(() => program({ ...parts, inputs: { x: add(x, x) } })).toThrow('is not an input of that name')
    expect(() => program({ ...parts, shared: { x } })).toThrow("two inputs are named 'x'")
    expect(() => program({ ...parts, state: { w: { current: w, next: sum(w) } } })).toThrow(
      "state 'w' changes its type",
    )
  })

  test('runs steps one after another', async () => {
    const executable = await reference().compile(program(parts))
    const inputs = { x: f32([3, 2], 1, 2, 3, 4, 5, 6) }
    const { state, outputs } = await executable.run({ steps: 3, shared: {}, inputs, state: { w: f32([2], 0, 1) } })
    expect(state.w).toEqual(f32([2], 9, 13))
    expect(outputs.y).toEqual(f32([3], 2, 15, 62))
  })

  test('refuses calls that do not fit', async () => {
    const executable = await reference().compile(program(parts))
    const call = { steps: 1, shared: {}, inputs: { x: f32([1, 2], 1, 2) }, state: { w: f32([2], 0, 1) } }
    await expect(executable.run({ ...call, steps: 1.5 })).rejects.toThrow('not a number of steps')
    await expect(executable.run({ ...call, inputs: {} })).rejects.toThrow(
      "input 'x' is missing; expected float32 [1, 2]",
    )
    await expect(executable.run({ ...call, inputs: { x: f32([2], 1, 2) } })).rejects.toThrow('got float32 [2]')
    await expect(executable.run({ ...call, state: { ...call.state, v: call.state.w } })).rejects.toThrow(
      "there is no state 'v'",
    )
  })
})

describe('gradients', () => {
  const at = { x: f32([2], 1, 2), w: f32([2], 3, 5) }
  const numbersOf = (tensor: Tensor) => Array.from(evaluate([tensor], at)[0]?.data ?? [], Number)

  test('sum over all paths', () => {
    const y = sum(add(mul(x, w), mul(x, x)))
    const [dx, dw] = gradients(y, [x, w]) as [Tensor, Tensor]
    expect(numbersOf(dx)).toEqual([5, 9])
    expect(numbersOf(dw)).toEqual([1, 2])
    expect(numbersOf(gradients(sum(mul(dx, dx)), [x])[0] as Tensor)).toEqual([20, 36])
  })

  test('are 0 for what the output does not depend on, and 1 for the output itself', () => {
    const y = sum(x)
    expect(numbersOf(gradients(y, [w])[0] as Tensor)).toEqual([0, 0])
    expect(numbersOf(gradients(y, [y])[0] as Tensor)).toEqual([1])
  })

  test('want a scalar or a cotangent of the right shape', () => {
    expect(() => gradients(x, [x])).toThrow('the output is not a scalar')
    expect(() => gradients(x, [x], input('c', [3]))).toThrow('the cotangent has another shape')
    expect(numbersOf(gradients(mul(x, x), [x], w)[0] as Tensor)).toEqual([6, 20])
  })

  test('take a long chain without running out of stack', () => {
    let y: Tensor = x
    for (let i = 0; i < 20_000; i++) y = add(y, x)
    expect(numbersOf(gradients(sum(y), [x])[0] as Tensor)).toEqual([20_001, 20_001])
  })
})

test('the topological order has inputs before users, each once', () => {
  const y = mul(add(x, w), add(x, w))
  const order = topological([y, x])
  expect(new Set(order).size).toBe(order.length)
  for (const tensor of order)
    for (const from of tensor.inputs) expect(order.indexOf(from)).toBeLessThan(order.indexOf(tensor))
})

test('a composite without a kernel is evaluated through its composition', () => {
  const [value] = evaluate([softmax(x)], { x: f32([2], 1, 1) })
  expect(Array.from(value?.data ?? [], Number)).toEqual([0.5, 0.5])
})
