import { input, matmul, program } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { defaultStepsPerCall } from './steps-per-call.ts'

test('gives small steps long calls and large steps short ones', () => {
  const square = (n: number) => {
    const a = input('a', [n, n])
    return program({ name: 'p', shared: { a }, inputs: {}, state: {}, outputs: { y: matmul(a, a) } })
  }
  expect(defaultStepsPerCall(square(10))).toBe(64)
  expect(defaultStepsPerCall(square(1000))).toBe(16)
  expect(defaultStepsPerCall(square(4000))).toBe(1)
})
