// Inputs whose mean is much larger than their deviation, in float32: forward errors against double precision.

import { ort } from '@gradwerk/backend-ort'
import {
  type Backend,
  constantHyperparameters,
  initializeModel,
  input,
  joinSteps,
  keyOf,
  type Layer,
  numbers,
  program,
  randomStream,
  reference,
  type Shape,
  sizeOf,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { batchNorm, groupNorm, instanceNorm, layerNorm } from '@gradwerk/normalization'
import { describe, expect, test } from 'vitest'

const unit = 2 ** -24

function samples(shape: Shape, mean: number, seed: number): Value {
  const random = randomStream(keyOf(seed))
  return valueOf(
    'float32',
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => mean + random.normal()),
  )
}

/** Normalizes in double precision the numbers that belong together: `groupOf` names their group. */
function exact({ data }: Value, groupOf: (i: number) => number): Float64Array {
  const groups = new Map<number, number[]>()
  for (let i = 0; i < data.length; i++) {
    const members = groups.get(groupOf(i)) ?? []
    members.push(i)
    groups.set(groupOf(i), members)
  }
  const y = new Float64Array(data.length)
  for (const members of groups.values()) {
    const at = (i: number) => Number(data[i])
    const mean = members.reduce((total, i) => total + at(i), 0) / members.length
    const variance = members.reduce((total, i) => total + (at(i) - mean) ** 2, 0) / members.length
    for (const i of members) y[i] = (at(i) - mean) / Math.sqrt(variance + 1e-5)
  }
  return y
}

async function run(backend: Backend, layer: Layer, x: Value): Promise<Float64Array> {
  const from = input('x', x.shape)
  const trace = traceModel(layer, from, {
    batchStatistics: true,
    hyperparameters: constantHyperparameters(),
  })
  const { parameters, state } = initializeModel(trace, keyOf(1))
  const tensors = Object.fromEntries([...trace.parameters, ...trace.states].map(([name, { tensor }]) => [name, tensor]))
  const executable = await backend.compile(
    program({
      name: 'large means',
      shared: tensors,
      inputs: { x: from },
      state: {},
      outputs: { y: trace.output },
    }),
  )
  const call = { steps: 1, shared: { ...parameters, ...state }, inputs: joinSteps([{ x }]), state: {} }
  return Float64Array.from(numbers((await executable.run(call)).outputs['y'] as Value))
}

interface Case {
  readonly layer: Layer
  readonly shape: Shape
  readonly groupOf: (i: number) => number
}

const image = [16, 4, 28, 28]
const pixels = 28 * 28
const cases: Readonly<Record<string, Case>> = {
  'batchNorm of features': { layer: batchNorm(), shape: [1024, 8], groupOf: (i) => i % 8 },
  'batchNorm of images': { layer: batchNorm(), shape: image, groupOf: (i) => Math.floor(i / pixels) % 4 },
  layerNorm: { layer: layerNorm(), shape: [8, 4096], groupOf: (i) => Math.floor(i / 4096) },
  'layerNorm of images': {
    layer: layerNorm({ axes: [1, 2, 3] }),
    shape: image,
    groupOf: (i) => Math.floor(i / (4 * pixels)),
  },
  'layerNorm over an axis between': {
    layer: layerNorm({ axes: [1] }),
    shape: [4, 1024, 3],
    groupOf: (i) => Math.floor(i / 3072) * 3 + (i % 3),
  },
  groupNorm: { layer: groupNorm(2), shape: image, groupOf: (i) => Math.floor(i / (2 * pixels)) },
  instanceNorm: { layer: instanceNorm(), shape: image, groupOf: (i) => Math.floor(i / pixels) },
}

describe.each([
  ['reference', reference()],
  ['ort, one thread', ort({ threads: 1 })],
  ['ort, two threads', ort({ threads: 2 })],
] as const)('%s', (_, backend) => {
  describe.each(Object.entries(cases))('%s', (_name, { layer, shape, groupOf }) => {
    test.each([1, 100, 1e4, -1e4])('a mean of %d deviations', async (mean) => {
      const x = samples(shape, mean, 3)
      const wanted = exact(x, groupOf)
      const got = await run(backend, layer, x)
      const worst = Math.max(...wanted.map((y, i) => Math.abs(y - (got[i] as number)) / (1 + Math.abs(y))))
      expect(worst).toBeLessThan(16 * unit)
    })
  })
})
