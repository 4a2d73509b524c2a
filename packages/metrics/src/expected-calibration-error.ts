// Expected calibration error (Guo et al. 2017): how far confidence is from accuracy.

import {
  add,
  and,
  cast,
  constant,
  equal,
  greater,
  lessEqual,
  type Metric,
  max,
  maximum,
  mul,
  numbers,
  parseOptions,
  reshape,
  sigmoid,
  softmax,
  sub,
  sum,
  type Tensor,
  type Value,
  valueOf,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { decisionsOf } from './decisions.ts'

export interface ExpectedCalibrationErrorOptions {
  /** Bins of confidence of equal width, ≥ 1. Default 15. */
  readonly bins?: number
}

const schema = z.strictObject({
  bins: z.int().positive().default(15).meta({ description: 'Bins of confidence of equal width, at least 1.' }),
})

/** The probability of the predicted class, [batch, 1]. */
function confidenceOf(predictions: Tensor): Tensor {
  const { shape } = predictions
  if (shape.length === 2 && shape[1] !== 1) return max(softmax(predictions), { axes: [1], keepDims: true })
  const positive = sigmoid(reshape(predictions, [shape[0] as number, 1]))
  return maximum(positive, sub(1, positive))
}

/**
 * Expected calibration error: `Σ_m |B_m| / n · |accuracy(B_m) − confidence(B_m)|` over bins B_m of samples whose confidence, the probability of
 * the predicted class, lies in ((m − 1)/M, m/M]. From 0 to 1; smaller is better. 0 says that of the predictions made with 80 %
 * confidence 80 % are right.
 *
 * Shapes: predictions (logits) [batch, classes]; targets [batch] class indices (int32 or uint8) or [batch, classes] soft targets. Or one
 * logit and one target a sample, [batch] or [batch, 1]. State: three numbers a bin.
 *
 * Throws an OptionError for less than one bin, a ShapeError for other shapes.
 *
 * ```ts
 * expectedCalibrationError()
 * expectedCalibrationError({ bins: 10 })
 * ```
 *
 * Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks", ICML 2017, equation 3, with its 15 bins.
 */
export function expectedCalibrationError(given: number | ExpectedCalibrationErrorOptions = {}): Metric {
  const who = 'expectedCalibrationError'
  const options = parseOptions(who, schema, withMainOption('bins', given))
  const { bins } = options
  const edges = (from: number) =>
    constant(
      valueOf(
        'float32',
        [bins],
        Array.from({ length: bins }, (_, m) => (m + from) / bins),
      ),
    )
  const spec = { shape: [bins], initial: 0 }
  return {
    kind: 'metric',
    name: who,
    options,
    mode: 'min',
    init: () => ({ count: spec, right: spec, confidence: spec }),
    update(state, { predictions, targets }) {
      const { predicted, expected } = decisionsOf(who, predictions, targets)
      const confidence = confidenceOf(predictions)
      const right = cast(equal(predicted, expected), 'float32')
      const inBin = cast(and(greater(confidence, edges(0)), lessEqual(confidence, edges(1))), 'float32') // [batch, bins]
      const counted = (name: string, x: Tensor) => add(state[name] as Tensor, sum(x, { axes: [0] }))
      return {
        count: counted('count', inBin),
        right: counted('right', mul(inBin, reshape(right, [right.shape[0] as number, 1]))),
        confidence: counted('confidence', mul(inBin, confidence)),
      }
    },
    result(state) {
      const of = (name: string) => numbers(state[name] as Value)
      const [count, right, confidence] = [of('count'), of('right'), of('confidence')]
      // |B| / n · |right / |B| − confidence / |B||: the size of a bin cancels.
      const gaps = Array.from(right, (x, m) => Math.abs(x - (confidence[m] as number)))
      const total = (x: Iterable<number>) => Array.from(x).reduce((a, b) => a + b, 0)
      return total(gaps) / total(count)
    },
  }
}
