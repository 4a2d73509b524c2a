// The cases kept here, so that the reader and the table of operators are tested everywhere.

import { fileURLToPath } from 'node:url'
import { ort } from '@gradwerk/backend-ort'
import { reference } from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import { type Case, findCases, readCase } from '../src/case.ts'
import { operators } from '../src/operators/index.ts'
import { runCase } from '../src/run-case.ts'

const backends = { reference: reference(), ort: ort({ threads: 1 }) }
const cases = findCases(fileURLToPath(new URL('cases', import.meta.url))).map(readCase)

/** Why a case is outside of what core claims. */
const leftOut: Readonly<Record<string, string>> = {
  test_add_uint8: 'add of uint8',
  test_cast_FLOAT_to_FLOAT16: 'element type float16',
  test_sequence_insert_at_back: 'sequences and optional values',
}
const passed = { kind: 'passed' }

function find(name: string): Case {
  const found = cases.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no case ${name}`)
  return found
}

describe('cases of the ONNX project', () => {
  test.each(cases)('$name', async (given) => {
    const reason = leftOut[given.name]
    const expected = reason === undefined ? passed : { kind: 'left out', reason }
    expect(await runCase(given, backends)).toEqual({ reference: expected, ort: expected })
  })

  test('there is one for every row of the table', () => {
    const seen = new Set(cases.map(({ operator }) => operator))
    // Its one case takes 80 kB.
    expect(Object.keys(operators).filter((name) => !seen.has(name))).toEqual(['Mish'])
  })
})

describe('a case fails', () => {
  const exp = find('test_exp_example')

  test('when another number was stated', async () => {
    const dataSets = () =>
      exp.dataSets().map(({ inputs, outputs }) => ({
        inputs,
        outputs: outputs.map((tensor) => ({
          ...tensor,
          rawData: tensor.rawData.map((byte, i) => byte ^ (i === 6 ? 1 : 0)),
        })),
      }))
    const { reference: slow, ort: fast } = await runCase({ ...exp, dataSets }, backends)
    expect(slow).toMatchObject({ kind: 'failed', message: expect.stringContaining('the numbers differ most at [1]') })
    expect(fast).toMatchObject({ kind: 'failed', message: expect.stringContaining('the numbers differ most at [1]') })
  })

  test('when another type was stated', async () => {
    const dataSets = () =>
      exp.dataSets().map(({ inputs, outputs }) => ({
        inputs,
        outputs: outputs.map((tensor) => ({ ...tensor, dims: [1n, ...tensor.dims] })),
      }))
    expect((await runCase({ ...exp, dataSets }, backends)).reference).toMatchObject({
      kind: 'failed',
      message: "output 'y' has another type; expected float32 [1, 3]; got float32 [3]",
    })
  })
})

test('an attribute that a row does not look at leaves the case out', async () => {
  const given = find('test_exp_example')
  const node = given.model.graph?.node[0]
  const attribute = find('test_elu_example').model.graph?.node[0]?.attribute[0]
  if (node === undefined || attribute === undefined) throw new Error('no node')
  node.attribute.push(attribute)
  expect((await runCase(given, backends)).reference).toEqual({ kind: 'left out', reason: 'attribute alpha' })
})
