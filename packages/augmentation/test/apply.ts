// Augmentations applied to numbers.

import { type Augmentation, constant, constantHyperparameters, evaluate, type Value, valueOf } from '@gradwerk/core'

export interface Batch {
  readonly inputs: Value
  readonly targets: Value
}

/** A batch after an augmentation, with the reference's numbers. */
export function applied(plugin: Augmentation, inputs: Value, { targets, classes = 0, seed = 1 }: Options = {}): Batch {
  const labels = targets ?? valueOf('int32', [inputs.shape[0] as number], new Int32Array(inputs.shape[0] as number))
  const key = constant(valueOf('uint32', [2], [seed, 5]))
  const scope = { ...constantHyperparameters().scope('test'), classes }
  const after = plugin.apply({ inputs: constant(inputs), targets: constant(labels) }, key, scope)
  const [x, y] = evaluate([after.inputs, after.targets]) as [Value, Value]
  return { inputs: x, targets: y }
}

interface Options {
  readonly targets?: Value
  readonly classes?: number
  readonly seed?: number
}

/** `count` copies of one image. */
export function copies(count: number, image: readonly (readonly number[])[]): Value {
  const flat = image.flat()
  return valueOf(
    'float32',
    [count, image.length, image[0]?.length ?? 0],
    Array.from({ length: count }, () => flat).flat(),
  )
}

/** The images of a batch [batch, height, width] as lists of rows. */
export function images({ shape, data }: Value): number[][][] {
  const [batch, height, width] = shape as [number, number, number]
  return Array.from({ length: batch }, (_, n) =>
    Array.from({ length: height }, (_, i) =>
      Array.from({ length: width }, (_, j) => Number(data[(n * height + i) * width + j])),
    ),
  )
}
