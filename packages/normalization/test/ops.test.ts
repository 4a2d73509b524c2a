// Fused gradients and single nodes against the compositions; every lowering in ONNX Runtime against the reference.

import { ort } from '@gradwerk/backend-ort'
import { type CompositeOp, input, isLeaf, type OnnxSink, type Tensor } from '@gradwerk/core'
import { localResponse, normalizeOver } from '@gradwerk/normalization'
import { assertSampleOnBackend, opBattery, sampleTensors } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { samples } from './samples.ts'

opBattery(samples)

describe('on ONNX Runtime', () => {
  const backend = ort({ threads: 1 })
  test.each(samples.map((sample) => [`${sample.op}: ${sample.title}`, sample] as const))('%s', (_, sample) =>
    assertSampleOnBackend(backend, sample),
  )
})

/** The operators that a composite lowers itself to; none where it is lowered through its composition. */
function operators(y: Tensor, opset = 21): string[] {
  const nodes: string[] = []
  const sink: OnnxSink = {
    opset,
    node: (type) => `${nodes.push(type)}`,
    nodes: () => [],
    constant: () => 'constant',
  }
  if (!isLeaf(y.op)) (y.op as CompositeOp).lower?.(sink, ['x', 'scale', 'shift'], y)
  return nodes
}

describe('nodes', () => {
  const built = (title: string) => {
    const sample = samples.find((one) => one.title === title)
    if (sample === undefined) throw new Error(title)
    return sample.build(...sampleTensors(sample))
  }
  test.each([
    ['the last axis', ['ReduceMean', 'Sub', 'LayerNormalization']],
    ['the last two axes', ['ReduceMean', 'Sub', 'LayerNormalization']],
    ['every channel by itself', ['ReduceMean', 'Sub', 'Reshape', 'Reshape', 'InstanceNormalization']],
    ['groups of channels', ['ReduceMean', 'Sub', 'InstanceNormalization', 'Mul', 'Add']],
    ['an axis between', []],
    ['images, three channels', ['LRN']],
    ['images, an even window', []],
  ])('%s', (title, expected) => {
    expect(operators(built(title)).toSorted()).toEqual(expected.toSorted())
    expect(operators(built(title), 17).toSorted()).toEqual(expected.toSorted())
  })

  test('RMS normalization has a node from operator set 23 on', () => {
    const sample = samples.find(({ op }) => op === 'divideByRootMeanSquare')
    const y = sample?.build(...sampleTensors(sample)) as Tensor
    expect(operators(y, 23)).toEqual(['RMSNormalization'])
    expect(operators(y, 22)).toEqual(['Mul', 'ReduceMean', 'Add', 'Sqrt', 'Div', 'Mul', 'Mul'])
  })

  test('double precision is left to the composition', () => {
    const x = input('x', [2, 3, 4, 4], 'float64')
    const one = input('one', [4], 'float64')
    expect(operators(normalizeOver(x, [-1], { scale: one, shift: one }, 1e-3))).toEqual([])
    expect(operators(localResponse(x, { size: 3, alpha: 1, beta: 1, k: 1 }))).toEqual([])
  })
})
