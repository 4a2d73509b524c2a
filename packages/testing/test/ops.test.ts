// Core's ops in the battery, and the completeness of the table of samples.

import { gradients, isFloat, mul, sum } from '@gradwerk/core'
import { errorSamples, opBattery, opSamples, opsOf, sampleTensors } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

/** The functions of core's folder of ops, which its index exports all. */
const functions = async (): Promise<string[]> => {
  const folder: Record<string, unknown> = await import(
    new URL('./ops/index.ts', import.meta.resolve('@gradwerk/core')).href
  )
  return Object.keys(folder).filter((name) => typeof folder[name] === 'function')
}

/** Functions there that make no op. */
const others: readonly string[] = ['inferBinary']

test('every op of core has samples', async () => {
  const expected = (await functions()).filter((name) => !others.includes(name))
  expect([...new Set(opSamples.map(({ op }) => op))].toSorted()).toEqual(expected.toSorted())
})

test('the samples and their gradients reach every op by name', () => {
  const roots = opSamples.flatMap((sample) => {
    const inputs = sampleTensors(sample)
    const output = sample.build(...inputs)
    return [output, ...(isFloat(output.dtype) ? gradients(sum(mul(output, output)), inputs) : [])]
  })
  const names = new Set(opsOf(roots).map(({ name }) => name))
  for (const name of ['maxPool2dIndices', 'conv2dInputGradient', 'conv2dKernelGradient']) expect(names).toContain(name)
})

test('titles are distinct', () => {
  const names = [...opSamples, ...errorSamples].map(({ op, title }) => `${op}: ${title}`)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})

describe('core', () => opBattery(opSamples, errorSamples))
