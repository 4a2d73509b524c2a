// Targets of classification in the forms that losses take: class indices or distributions, for samples or for every position of a sample.

import {
  cast,
  DataError,
  equal,
  formatShape,
  isFloat,
  not,
  oneHot,
  reshape,
  type Shape,
  ShapeError,
  type Tensor,
  transpose,
  type Value,
} from '@gradwerk/core'
import { checkDistributions, checkEach, sameSamples } from './targets.ts'

/** The number of classes of predictions [batch, classes, …positions]. Throws a ShapeError for predictions without classes. */
export function classesOf(who: string, predictions: Shape): number {
  const classes = predictions[1]
  if (predictions.length >= 2 && classes !== undefined && classes > 0) return classes
  throw new ShapeError({
    who,
    problem: 'predictions of the wrong shape',
    expected: '[batch, classes] or [batch, classes, …positions]',
    got: formatShape(predictions),
  })
}

/** Whether targets [batch, …positions] are class indices for predictions [batch, classes, …positions]. */
function areIndices({ dtype, shape }: Pick<Tensor, 'dtype' | 'shape'>, predictions: Shape): boolean {
  return !isFloat(dtype) && sameSamples(shape, predictions.toSpliced(1, 1))
}

/** [batch, classes, …positions] to [batch, …positions, classes]. */
export function classesLast(x: Tensor): Tensor {
  const rank = x.shape.length
  if (rank === 2) return x
  return transpose(x, [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1])
}

/** Targets as rows over the classes, on the last axis. */
export interface ClassRows {
  /** float32 [batch, …positions, classes]: distributions, or zeros where the class is to be ignored. */
  readonly rows: Tensor
  /** Whether they came as class indices. */
  readonly indices: boolean
  /** 1 where a target counts, 0 where it is ignored, float32 [batch, …positions, 1]; absent where all count. */
  readonly counts?: Tensor
}

/** Throws a ShapeError for targets that do not fit predictions [batch, classes, …positions]. */
export function classRows(
  who: string,
  predictions: Tensor,
  targets: Tensor,
  ignoreIndex: number | undefined,
): ClassRows {
  const classes = classesOf(who, predictions.shape)
  if (areIndices(targets, predictions.shape)) {
    const labels = cast(targets, 'int32')
    const rows = oneHot(labels, classes)
    if (ignoreIndex === undefined) return { rows, indices: true }
    const counts = cast(not(equal(labels, ignoreIndex)), 'float32')
    return { rows, indices: true, counts: reshape(counts, [...counts.shape, 1]) }
  }
  if (sameSamples(targets.shape, predictions.shape))
    return { rows: classesLast(cast(targets, 'float32')), indices: false }
  throw new ShapeError({
    who,
    problem: 'targets that do not fit the predictions',
    expected: `integer ${formatShape(predictions.shape.toSpliced(1, 1))} or float ${formatShape(predictions.shape)}`,
    got: `${targets.dtype} ${formatShape(targets.shape)}`,
  })
}

/** Complains about class indices that are no class and about rows that are no distribution. */
export function checkClassTargets(
  who: string,
  targets: Value,
  predictions: Shape,
  ignoreIndex: number | undefined,
): void {
  const classes = classesOf(who, predictions)
  if (areIndices(targets, predictions)) {
    const ignored = ignoreIndex === undefined ? '' : `, or ${ignoreIndex}`
    checkEach(
      who,
      targets,
      `a class from 0 to ${classes - 1}${ignored}`,
      (label) => (label >= 0 && label < classes) || label === ignoreIndex,
    )
  } else if (sameSamples(targets.shape, predictions)) checkDistributions(who, targets)
  else {
    const positions = predictions.slice(2).map((length) => `, ${length}`)
    throw new DataError({
      who,
      problem: 'targets that do not fit the predictions',
      expected: `class indices [samples${positions.join('')}], or probabilities [samples, ${classes}${positions.join('')}]`,
      got: `${targets.dtype} ${formatShape(targets.shape)}`,
    })
  }
}
