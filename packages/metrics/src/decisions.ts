// Classes predicted and classes meant, in the forms of predictions and targets that classification has.

import {
  argMax,
  cast,
  formatShape,
  greater,
  isFloat,
  oneHot,
  reshape,
  type Shape,
  ShapeError,
  type Tensor,
} from '@gradwerk/core'

function oneColumn({ shape }: Pick<Tensor, 'shape'>): boolean {
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1)
}

/** How many classes predictions tell apart: one column or none is one logit, for the positive class against the rest. */
export function classesOf(predictions: Pick<Tensor, 'shape'>): number {
  return oneColumn(predictions) ? 2 : (predictions.shape[1] as number)
}

/** Whether samples [batch] or [batch, 1] belong to the positive class, int32 [batch]. */
function positive(x: Tensor, above: number): Tensor {
  return cast(greater(cast(reshape(x, [x.shape[0] as number]), 'float32'), above), 'int32')
}

/** int32 [batch] each. */
export interface Decisions {
  readonly predicted: Tensor
  readonly expected: Tensor
}

/**
 * The first class with the largest prediction, and the target's: of predictions [batch, classes] with targets [batch] or [batch, classes], or
 * of one logit (> 0 is the positive class) with one target (> ½) a sample. Throws a ShapeError for other shapes.
 */
export function decisionsOf(who: string, predictions: Tensor, targets: Tensor): Decisions {
  const { shape } = predictions
  if (oneColumn(predictions) && oneColumn(targets))
    return { predicted: positive(predictions, 0), expected: positive(targets, 0.5) }
  if (shape.length === 2) {
    if (targets.shape.length === 1 && !isFloat(targets.dtype))
      return { predicted: argMax(predictions, 1), expected: cast(targets, 'int32') }
    if (targets.shape.length === 2 && targets.shape[1] === shape[1])
      return { predicted: argMax(predictions, 1), expected: argMax(cast(targets, 'float32'), 1) }
  }
  throw notClasses(who, shape, targets)
}

function notClasses(who: string, predictions: Shape, targets: Tensor): ShapeError {
  return new ShapeError({
    who,
    problem: 'predictions and targets that are no classes',
    expected:
      'predictions [batch, classes] with targets [batch] or [batch, classes], or one logit and one target a sample',
    got: `${formatShape(predictions)} and ${targets.dtype} ${formatShape(targets.shape)}`,
  })
}

/** Decisions as rows of zeros and a one, float32 [batch, classes]. */
export function decisionRows(who: string, predictions: Tensor, targets: Tensor): Decisions {
  const { predicted, expected } = decisionsOf(who, predictions, targets)
  const classes = classesOf(predictions)
  return { predicted: oneHot(predicted, classes), expected: oneHot(expected, classes) }
}
