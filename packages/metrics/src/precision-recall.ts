// Precision, recall and F1: how far a predicted class can be trusted, how much of a class is found, and their harmonic mean.

import {
  add,
  type Metric,
  mul,
  numbers,
  OptionError,
  parseOptions,
  sum,
  type Tensor,
  type Value,
  type Values,
} from '@gradwerk/core'
import { z } from 'zod'
import { classesOf, decisionRows } from './decisions.ts'

export interface PrecisionRecallOptions {
  /**
   * How classes are put together: 'macro' is the mean over classes that occur in targets or predictions, 'micro' counts all classes
   * together, 'weighted' weighs classes by their samples. Default 'macro'.
   */
  readonly average?: 'macro' | 'micro' | 'weighted'
  /** The class that alone is looked at, from 0. Default: all; of predictions that are one logit, class 1. */
  readonly positiveClass?: number | undefined
}

const schema = z.strictObject({
  average: z
    .enum(['macro', 'micro', 'weighted'])
    .default('macro')
    .meta({ description: 'How classes are put together.' }),
  positiveClass: z.int().nonnegative().optional().meta({ description: 'The class that alone is looked at, from 0.' }),
})

/** Counts of one class. */
interface Counts {
  /** Predicted and expected. */
  readonly hits: number
  readonly predicted: number
  readonly expected: number
}

type Score = (counts: Counts) => number

/** 0 where nothing was predicted or expected, as in scikit-learn. */
const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
const scores = {
  precision: ({ hits, predicted }: Counts) => ratio(hits, predicted),
  recall: ({ hits, expected }: Counts) => ratio(hits, expected),
  f1: ({ hits, predicted, expected }: Counts) => ratio(2 * hits, predicted + expected),
} satisfies Record<string, Score>

function countsOf(state: Values): Counts[] {
  const of = (name: string) => numbers(state[name] as Value)
  const [hits, predicted, expected] = [of('hits'), of('predicted'), of('expected')]
  return Array.from(hits, (hit, i) => ({
    hits: hit,
    predicted: predicted[i] as number,
    expected: expected[i] as number,
  }))
}

function averaged(average: 'macro' | 'micro' | 'weighted', classes: readonly Counts[], score: Score): number {
  const total = (of: (counts: Counts) => number) => classes.reduce((sum, counts) => sum + of(counts), 0)
  if (average === 'micro')
    return score({
      hits: total(({ hits }) => hits),
      predicted: total(({ predicted }) => predicted),
      expected: total(({ expected }) => expected),
    })
  const weight = ({ predicted, expected }: Counts) =>
    average === 'weighted' ? expected : Number(predicted + expected > 0)
  return ratio(
    total((counts) => weight(counts) * score(counts)),
    total(weight),
  )
}

function classMetric(name: keyof typeof scores, given: PrecisionRecallOptions): Metric {
  const options = parseOptions(name, schema, given)
  const { average, positiveClass } = options
  const suffix = positiveClass === undefined ? '' : `OfClass${positiveClass}`
  const prefix = { macro: '', micro: 'micro', weighted: 'weighted' }[average]
  const own = prefix === '' ? name : `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`
  /** Of one logit the positive class alone is counted. */
  const single = (classes: number, { shape }: Tensor) => classes === 2 && shape[1] !== 2
  return {
    kind: 'metric',
    name,
    options,
    figure: `${own}${suffix}`,
    mode: 'max',
    init(predictions) {
      const classes = classesOf(predictions)
      if (positiveClass !== undefined && positiveClass >= classes)
        throw new OptionError({
          who: name,
          problem: 'there is no such positive class',
          expected: `a class from 0 to ${classes - 1}`,
          got: String(positiveClass),
        })
      const spec = { shape: [classes], initial: 0 }
      return {
        hits: spec,
        predicted: spec,
        expected: spec,
        ...(single(classes, predictions) ? { single: { shape: [], initial: 1 } } : {}),
      }
    },
    update(state, { predictions, targets }) {
      const { predicted, expected } = decisionRows(name, predictions, targets)
      const counted = (what: string, x: Tensor) => add(state[what] as Tensor, sum(x, { axes: [0] }))
      return {
        ...state,
        hits: counted('hits', mul(predicted, expected)),
        predicted: counted('predicted', predicted),
        expected: counted('expected', expected),
      }
    },
    result(state) {
      const classes = countsOf(state)
      const chosen = positiveClass ?? (state['single'] === undefined ? undefined : 1)
      return chosen === undefined ? averaged(average, classes, scores[name]) : scores[name](classes[chosen] as Counts)
    },
    details(state) {
      if (positiveClass !== undefined || state['single'] !== undefined) return {}
      return Object.fromEntries(countsOf(state).map((counts, i) => [String(i), scores[name](counts)]))
    },
  }
}

/**
 * Precision: of what was predicted as a class, the part that is of it, `TP / (TP + FP)`; 0 where nothing was. Larger is better. The
 * figures of the single classes are `precision.0`, `precision.1`, …; with 'micro' or 'weighted' its figure is called `microPrecision` or
 * `weightedPrecision`, of one class `precisionOfClass3`.
 *
 * Shapes: predictions [batch, classes]; targets [batch] class indices (int32 or uint8) or [batch, classes] soft targets. Or one logit
 * and one target a sample, [batch] or [batch, 1], where class 1 alone is looked at. State: counts [classes].
 *
 * Throws an OptionError for a class that does not exist, a ShapeError for other shapes.
 *
 * ```ts
 * precision()
 * precision({ average: 'micro' })
 * precision({ positiveClass: 1 })
 * ```
 */
export function precision(given: PrecisionRecallOptions = {}): Metric {
  return classMetric('precision', given)
}

/**
 * Recall: of what belongs to a class, the part that was predicted as it, `TP / (TP + FN)`; 0 where nothing does. Larger is better. Names
 * of figures, shapes, errors: as `precision`.
 *
 * ```ts
 * recall()
 * recall({ average: 'weighted' })
 * ```
 */
export function recall(given: PrecisionRecallOptions = {}): Metric {
  return classMetric('recall', given)
}

/**
 * F1: the harmonic mean of precision and recall, `2 TP / (2 TP + FP + FN)`; 0 where the class was neither predicted nor expected. Larger
 * is better. 'macro' is the mean of the classes' F1, not the F1 of mean precision and recall. Names of figures, shapes, errors: as
 * `precision`.
 *
 * ```ts
 * f1()
 * f1({ average: 'micro' })
 * ```
 *
 * van Rijsbergen, "Information retrieval", 1979, chapter 7.
 */
export function f1(given: PrecisionRecallOptions = {}): Metric {
  return classMetric('f1', given)
}
