// What holds for augmentations.

import {
  type Augmentation,
  type Backend,
  constant,
  evaluate,
  input,
  joinSteps,
  program,
  reference,
  type Samples,
  type Shape,
  type Tensor,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { CheckError, check } from '../errors.ts'
import { constantScope } from '../scopes.ts'
import { rowsOf } from '../targets.ts'
import { assertClose, assertFinite, assertSame, doubles, randomValue, type Tolerance } from '../values.ts'
import { backendTolerance } from './backend.ts'
import type { PluginCase } from './plugin.ts'

export interface AugmentationCase extends PluginCase<Augmentation> {
  /** Shape of one sample, without the batch axis. Default [6, 5]. */
  readonly sample?: Shape
  /** Shape of one sample that comes out. Default: that of one that goes in. */
  readonly result?: Shape
  /** Whether targets become a mixture, as by mixup. Default false: they stay. */
  readonly mixes?: boolean
  /** Whether every sample is augmented by itself, whatever else is in the batch. Default: whether targets stay. */
  readonly alone?: boolean
  /** Whether two keys give different samples. Default true. */
  readonly random?: boolean
  /** How far another backend may be from the reference. Default `backendTolerance`. */
  readonly tolerance?: Tolerance
}

const classes = 4
const batch = 5

interface Batch {
  readonly inputs: Value
  readonly targets: Value
}

/** Images from 0 to 1 with class indices, or with probabilities. */
function batchFor({ sample = [6, 5] }: AugmentationCase, size = batch, soft = false): Batch {
  const rows = Array.from({ length: size }, (_, i) => i % classes)
  return {
    inputs: rowsOf(randomValue({ dtype: 'float32', shape: [batch, ...sample] }, 131, { low: 0 }), 0, size),
    targets: soft
      ? valueOf(
          'float32',
          [size, classes],
          rows.flatMap((row) => Array.from({ length: classes }, (_, k) => (k === row ? 0.7 : 0.1))),
        )
      : valueOf('int32', [size], rows),
  }
}

function keyValue(seed: number): Value {
  return valueOf('uint32', [2], [seed, 0x9e3779b9])
}

function traced(plugin: Augmentation, samples: Samples, key: Tensor): Samples {
  return plugin.apply(samples, key, { ...constantScope(), classes })
}

/** The batch after the augmentation. */
function augmented(plugin: Augmentation, { inputs, targets }: Batch, seed = 1): Batch {
  const after = traced(plugin, { inputs: constant(inputs), targets: constant(targets) }, constant(keyValue(seed)))
  const [x, y] = evaluate([after.inputs, after.targets]) as [Value, Value]
  return { inputs: x, targets: y }
}

/** Finite numbers in the shape that is announced; targets as they were, or probabilities. */
export function assertAugmentation(testCase: AugmentationCase): void {
  const { plugin, sample = [6, 5], result = sample, mixes = false } = testCase
  for (const soft of [false, true]) {
    const before = batchFor(testCase, batch, soft)
    const after = augmented(plugin, before)
    const shape = [batch, ...result].join(', ')
    check(after.inputs.shape.join(', ') === shape, plugin.name, 'the inputs have another shape', {
      expected: `[${shape}]`,
      got: `[${after.inputs.shape.join(', ')}]`,
    })
    check(after.inputs.dtype === 'float32', plugin.name, 'the inputs have another element type', {
      expected: 'float32',
      got: after.inputs.dtype,
    })
    assertFinite(after.inputs, plugin.name)
    if (!mixes) assertSame(after.targets, before.targets, `${plugin.name}, targets`)
    else assertProbabilities(after.targets, plugin.name)
  }
}

/** Rows of numbers ≥ 0 whose sum is 1. */
function assertProbabilities(targets: Value, who: string): void {
  check(
    targets.dtype === 'float32' && targets.shape.join() === `${batch},${classes}`,
    who,
    'mixed targets are no rows of probabilities',
    { expected: `float32 [${batch}, ${classes}]`, got: `${targets.dtype} [${targets.shape.join(', ')}]` },
  )
  const numbers = doubles(targets)
  for (let i = 0; i < batch; i++) {
    const row = numbers.subarray(i * classes, (i + 1) * classes)
    const total = row.reduce((a, b) => a + b, 0)
    if (Math.abs(total - 1) > 1e-6 || row.some((p) => p < 0))
      throw new CheckError({
        who,
        problem: `the targets of sample ${i} are no probabilities`,
        expected: 'numbers ≥ 0 with sum 1',
        got: `[${row.join(', ')}]`,
      })
  }
}

/** The same key gives the same samples, another key others. */
export function assertSeeded(testCase: AugmentationCase): void {
  const { plugin, random = true } = testCase
  const before = batchFor(testCase)
  const [first, again] = [augmented(plugin, before), augmented(plugin, before)]
  assertSame(again.inputs, first.inputs, `${plugin.name} with the same key`)
  assertSame(again.targets, first.targets, `${plugin.name} with the same key, targets`)
  if (!random) return
  const same = [2, 3, 4].every((seed) => {
    const other = doubles(augmented(plugin, before, seed).inputs)
    const numbers = doubles(first.inputs)
    return other.every((x, i) => x === numbers[i])
  })
  check(!same, plugin.name, 'other keys give the same samples')
}

/** What happens to a sample follows from the key and its place: neither the others nor their number change it. */
export function assertEachAlone(testCase: AugmentationCase): void {
  const { plugin } = testCase
  const whole = augmented(plugin, batchFor(testCase))
  const part = augmented(plugin, batchFor(testCase, 3))
  assertSame(part.inputs, rowsOf(whole.inputs, 0, 3), `${plugin.name} of three samples`)
}

/** Two augmentations compute the same. */
export function assertSameAugmentation(testCase: AugmentationCase, again: Augmentation): void {
  const before = batchFor(testCase)
  const [expected, got] = [augmented(testCase.plugin, before), augmented(again, before)]
  assertSame(got.inputs, expected.inputs, `${again.name} made again`)
  assertSame(got.targets, expected.targets, `${again.name} made again, targets`)
}

/** On a backend: the reference's numbers, and the same bits for a call of several steps and for several calls. */
export async function assertAugmentsLikeReference(testCase: AugmentationCase, backend: Backend): Promise<void> {
  const { plugin, tolerance = backendTolerance } = testCase
  const { inputs, targets } = batchFor(testCase)
  const [x, y] = [input('x', inputs.shape), input('y', targets.shape, 'int32')]
  const key = input('key', [2], 'uint32')
  const after = traced(plugin, { inputs: x, targets: y }, key)
  const parts = program({
    name: plugin.name,
    shared: { x, y },
    inputs: { key },
    state: {},
    outputs: { inputs: after.inputs, targets: after.targets },
  })
  const shared = { x: inputs, y: targets }
  const run = async (on: Backend, seeds: readonly number[]): Promise<Values> => {
    const keys = joinSteps(seeds.map((seed) => ({ key: keyValue(seed) })))
    return (await (await on.compile(parts)).run({ steps: seeds.length, shared, inputs: keys, state: {} })).outputs
  }
  const seeds = [1, 2, 3]
  const [expected, together] = [await run(reference(), seeds), await run(backend, seeds)]
  const single = joinSteps(await Promise.all(seeds.map(async (seed) => firstStep(await run(backend, [seed])))))
  for (const name of ['inputs', 'targets']) {
    const [wanted, got] = [expected[name] as Value, together[name] as Value]
    assertClose(got, wanted, tolerance, `${plugin.name}, ${name}`)
    assertSame(single[name] as Value, got, `${plugin.name}, ${name} step by step`)
  }
}

/** The values of the one step there is. */
function firstStep(outputs: Values): Values {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dtype, shape, data }]) => [name, { dtype, shape: shape.slice(1), data }]),
  )
}
