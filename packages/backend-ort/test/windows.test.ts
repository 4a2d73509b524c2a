// A random sample of convolutions and pools in ONNX Runtime, by their standard lowering and with the backend's rewrites, against the
// reference.

import { ort } from '@gradwerk/backend-ort'
import {
  dynamic,
  evaluate,
  joinSteps,
  type Program,
  program,
  type Tensor,
  type Value,
  type Values,
} from '@gradwerk/core'
import { lowerProgram } from '@gradwerk/onnx'
import { assertClose, backendTolerance, randomValue } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { loadNodeRuntime } from '../src/runtime-node.ts'
import { type Convolution as Drawn, type WindowCase, windowSamples } from './windows.ts'

/** Cases of one session: making a session takes longer than running it. */
const perSession = 30
/** The length that a dynamic batch has in the run. */
const batch = 3

interface Prepared {
  readonly program: Program
  readonly values: Values
  readonly expected: Readonly<Record<string, Value>>
}

function prepare(cases: readonly WindowCase[], first: number): Prepared {
  const all = (of: 'inputs' | 'outputs') =>
    Object.fromEntries(
      cases.flatMap((item, i) => Object.entries(item[of]).map(([name, tensor]) => [`${first + i}.${name}`, tensor])),
    ) as Record<string, Tensor>
  const [inputs, outputs] = [all('inputs'), all('outputs')]
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }], i) => [
      name,
      randomValue({ dtype, shape: shape.map((length) => (length === dynamic ? batch : length)) }, first * 100 + i),
    ]),
  )
  const numbers = evaluate(Object.values(outputs), values)
  const named = Object.fromEntries(Object.keys(outputs).map((name, i) => [`y.${name}`, numbers[i] as Value]))
  const renamed = Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [`y.${name}`, tensor]))
  return {
    program: program({ name: 'windows', shared: inputs, inputs: {}, state: {}, outputs: renamed }),
    values,
    expected: named,
  }
}

function compare(cases: readonly WindowCase[], first: number, got: Values, expected: Values): void {
  for (const [name, value] of Object.entries(expected)) {
    const [, i] = name.split('.')
    assertClose(got[name] as Value, value, backendTolerance, `${name} of ${cases[Number(i) - first]?.title}`)
  }
}

describe.each(Object.entries(windowSamples))('%s', (_, cases) => {
  const starts = Array.from({ length: Math.ceil(cases.length / perSession) }, (_, i) => i * perSession)

  test.each(starts)('from number %i', async (first) => {
    const chosen = cases.slice(first, first + perSession)
    const { program: parts, values, expected } = prepare(chosen, first)

    const runtime = await loadNodeRuntime()
    const session = await runtime.createSession(lowerProgram(parts), { threads: 1, spinMicroseconds: 0 })
    compare(chosen, first, await session.run(values), expected)
    await session.release()

    const rewritten = await ort({ threads: 1 }).compile(parts)
    const { outputs } = await rewritten.run({ steps: 1, shared: values, inputs: {}, state: {} })
    compare(chosen, first, outputs, joinSteps([expected]))
  })
})

test('the sample holds everything', () => {
  const titles = windowSamples.convolutions?.map(({ title }) => title.replace(/^\d+ /, '')) ?? []
  expect(new Set(titles).size).toBeGreaterThanOrEqual(200)
  const parsed = titles.map((title) => JSON.parse(title) as Drawn)
  const kinds: Readonly<Record<string, (drawn: Drawn) => boolean>> = {
    strided: ({ options: { strides } }) => Math.max(...strides) > 1,
    'strides beyond the kernel': ({ options: { strides }, kernel }) => strides[0] > (kernel[2] ?? 0),
    dilated: ({ options: { dilations } }) => Math.max(...dilations) > 1,
    'padded unequally': ({ options: { padding } }) => padding[0] !== padding[2] && padding[1] !== padding[3],
    'padded beyond the kernel': ({ options: { padding }, kernel }) => padding[0] >= (kernel[2] ?? 0),
    grouped: ({ options: { groups }, kernel }) => groups > 1 && (kernel[1] ?? 0) > 1,
    depthwise: ({ options: { groups }, x }) => groups > 1 && groups === x[1],
    'wide enough for blocks': ({ x, kernel }) => (x[1] ?? 0) >= 16 && (kernel[0] ?? 0) >= 16,
    'with rows left over': ({ options: { strides, padding, dilations }, x, kernel }) =>
      ((x[2] ?? 0) + padding[0] + padding[2] - dilations[0] * ((kernel[2] ?? 0) - 1) - 1) % strides[0] !== 0,
    everything: ({ options: { strides, padding, dilations, groups } }) =>
      groups > 1 && strides[0] > 1 && dilations[0] > 1 && padding[0] !== padding[2],
  }
  for (const [kind, holds] of Object.entries(kinds))
    expect([kind, parsed.filter(holds).length > 3]).toEqual([kind, true])
})
