// Which classes are taken for which.

import {
  add,
  formatShape,
  type Metric,
  matmul,
  numbers,
  parseOptions,
  ShapeError,
  type Tensor,
  type Value,
  type Values,
} from '@gradwerk/core'
import { z } from 'zod'
import { classesOf, decisionRows } from './decisions.ts'

const schema = z.strictObject({})

function countsOf(state: Values): { counts: number[]; classes: number } {
  const { shape } = state['counts'] as Value
  return { counts: Array.from(numbers(state['counts'] as Value)), classes: shape[0] as number }
}

/**
 * The confusion matrix: how many samples of each class were predicted as each class. Its own number is the part on the diagonal, the
 * accuracy; every cell is a further figure, `confusionMatrix.<class>.<predicted class>`, and `confusionMatrixOf` makes rows of them
 * again.
 *
 * The predicted class is the first one with the largest prediction; one logit predicts class 1 where it is > 0.
 *
 * Shapes: predictions [batch, classes]; targets [batch] class indices (int32 or uint8) or [batch, classes] soft targets. Or
 * predictions [batch] or [batch, 1] with targets [batch] or [batch, 1]. State: counts [classes, classes], exact up to 16,777,216
 * a cell.
 *
 * Throws a ShapeError for other shapes.
 *
 * ```ts
 * confusionMatrix()
 * ```
 */
export function confusionMatrix(given: Record<string, never> = {}): Metric {
  const who = 'confusionMatrix'
  return {
    kind: 'metric',
    name: who,
    options: parseOptions(who, schema, given),
    mode: 'max',
    init(predictions) {
      const classes = classesOf(predictions)
      return { counts: { shape: [classes, classes], initial: 0 } }
    },
    update(state, { predictions, targets }) {
      const { predicted, expected } = decisionRows(who, predictions, targets)
      return { counts: add(state['counts'] as Tensor, matmul(expected, predicted, { transposeA: true })) }
    },
    result(state) {
      const { counts, classes } = countsOf(state)
      const right = counts.filter((_, i) => i % (classes + 1) === 0)
      const total = (of: number[]) => of.reduce((a, b) => a + b, 0)
      return total(right) / total(counts)
    },
    details(state) {
      const { counts, classes } = countsOf(state)
      return Object.fromEntries(counts.map((count, i) => [`${Math.floor(i / classes)}.${i % classes}`, count]))
    },
  }
}

/**
 * The rows of a confusion matrix out of the figures of an evaluation: `rows[class][predicted class]`. Throws a ShapeError where there is
 * none.
 *
 * ```ts
 * confusionMatrixOf({ 'confusionMatrix.0.0': 5, 'confusionMatrix.0.1': 1, 'confusionMatrix.1.0': 0, 'confusionMatrix.1.1': 4 })
 * ```
 */
export function confusionMatrixOf(figures: Readonly<Record<string, number>>): number[][] {
  const cells = Object.entries(figures).filter(([name]) => /^confusionMatrix\.\d+\.\d+$/.test(name))
  const classes = Math.sqrt(cells.length)
  if (!Number.isInteger(classes) || classes === 0)
    throw new ShapeError({
      who: 'confusionMatrixOf',
      problem: 'the figures hold no confusion matrix',
      expected: 'those of an evaluation with the metric confusionMatrix()',
      got: formatShape([cells.length]),
    })
  return Array.from({ length: classes }, (_, row) =>
    Array.from({ length: classes }, (_, column) => figures[`confusionMatrix.${row}.${column}`] as number),
  )
}
