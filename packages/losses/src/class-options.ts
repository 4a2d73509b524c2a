// Options that losses over classes share: weights of classes, and a class that does not count.

import { constant, formatShape, mul, type Shape, ShapeError, sum, type Tensor, valueOf } from '@gradwerk/core'
import { z } from 'zod'
import { classesOf, classRows } from './class-targets.ts'
import { meanPerSample } from './mean-per-sample.ts'

export interface ClassOptions {
  /** What each class counts, ≥ 0, one number for each class. Default: 1 for all. */
  readonly classWeights?: readonly number[] | undefined
  /** A class index whose targets do not count. Default: none. */
  readonly ignoreIndex?: number | undefined
}

const weight: z.ZodNumber = z.number().nonnegative()

/** Weights of classes or of outputs, not all of them 0. */
export function weightsSchema(description: string): z.ZodOptional<z.ZodArray<z.ZodNumber>> {
  return z
    .array(weight)
    .min(1)
    .refine((weights) => weights.some((x) => x > 0), { error: 'a weight above 0' })
    .optional()
    .meta({ description })
}

export const classShape: {
  classWeights: z.ZodOptional<z.ZodArray<z.ZodNumber>>
  ignoreIndex: z.ZodOptional<z.ZodInt>
} = {
  classWeights: weightsSchema('What each class counts, one number ≥ 0 for each class; 1 for all by default.'),
  ignoreIndex: z.int().optional().meta({ description: 'A class index whose targets do not count.' }),
}

/** Weights as a constant [count]. Throws a ShapeError unless there is one for each. */
export function weightsOf(who: string, what: string, weights: readonly number[], count: number, of: Shape): Tensor {
  if (weights.length === count) return constant(valueOf('float32', [count], weights))
  throw new ShapeError({
    who,
    problem: `not one weight for each ${what}`,
    expected: `${count} ${what} weights for predictions ${formatShape(of)}`,
    got: String(weights.length),
  })
}

/**
 * What samples count in the mean, as in PyTorch: the weight of their class, 0 where it is ignored. Undefined where all count 1, and for
 * targets that are distributions.
 */
export function sampleWeights(
  who: string,
  { classWeights, ignoreIndex }: ClassOptions,
  predictions: Tensor,
  targets: Tensor,
): Tensor | undefined {
  const { rows, indices, counts } = classRows(who, predictions, targets, ignoreIndex)
  if (!indices || (classWeights === undefined && counts === undefined)) return undefined
  const counted = counts === undefined ? rows : mul(rows, counts)
  const classes = classesOf(who, predictions.shape)
  const weighted =
    classWeights === undefined
      ? (counts as Tensor)
      : mul(counted, weightsOf(who, 'class', classWeights, classes, predictions.shape))
  return meanPerSample(sum(weighted, { axes: [-1] }))
}

/** The rows of the targets with what each class and place counts. */
export function weightedRows(
  who: string,
  { classWeights }: ClassOptions,
  predictions: Tensor,
  rows: Tensor,
  counts: Tensor | undefined,
): Tensor {
  const counted = counts === undefined ? rows : mul(rows, counts)
  if (classWeights === undefined) return counted
  const classes = classesOf(who, predictions.shape)
  return mul(counted, weightsOf(who, 'class', classWeights, classes, predictions.shape))
}
