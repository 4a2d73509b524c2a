// Errors of regression: their mean size, their mean square, and its root.

import {
  abs,
  cast,
  formatShape,
  type Metric,
  type MetricCall,
  mean,
  parseOptions,
  reshape,
  ShapeError,
  square,
  sub,
  type Tensor,
} from '@gradwerk/core'
import { z } from 'zod'
import { streamingMean } from './streaming-mean.ts'

const schema = z.strictObject({})

/** `prediction − target` [batch, outputs]. Throws a ShapeError for targets of another shape than the predictions. */
export function errorsOf(who: string, { predictions, targets }: MetricCall): { error: Tensor; target: Tensor } {
  const [batch, ...rest] = predictions.shape
  const size = rest.reduce((a, b) => a * b, 1)
  const own = targets.shape.slice(1)
  // Targets [batch] stand for predictions [batch, 1].
  const fits = own.length === 0 ? size === 1 && rest.length < 2 : own.join() === rest.join()
  if (!fits)
    throw new ShapeError({
      who,
      problem: 'targets and predictions differ in shape',
      expected: `targets ${formatShape(predictions.shape)}`,
      got: `${targets.dtype} ${formatShape(targets.shape)}`,
    })
  const target = reshape(cast(targets, 'float32'), [batch as number, size])
  return { error: sub(reshape(predictions, [batch as number, size]), target), target }
}

function errorMetric(
  name: string,
  given: Record<string, never>,
  of: (error: Tensor) => Tensor,
  finish: (mean: number) => number = (x) => x,
): Metric {
  const stream = streamingMean((call) => mean(of(errorsOf(name, call).error), { axes: [1] }))
  return {
    kind: 'metric',
    name,
    options: parseOptions(name, schema, given),
    mode: 'min',
    ...stream,
    result: (state) => finish(stream.result(state)),
  }
}

/**
 * Mean absolute error: `mean |x − t|` over samples and outputs, in the unit of the targets. Smaller is better.
 *
 * Shapes: predictions [batch, …outputs]; targets of the same shape, any type, or [batch] for predictions [batch, 1].
 *
 * Throws a ShapeError for targets of another shape: they are never broadcast.
 *
 * ```ts
 * absoluteError()
 * ```
 */
export function absoluteError(given: Record<string, never> = {}): Metric {
  return errorMetric('absoluteError', given, abs)
}

/**
 * Mean squared error: `mean (x − t)²` over samples and outputs. Smaller is better. Shapes, errors: as `absoluteError`.
 *
 * ```ts
 * squaredError()
 * ```
 */
export function squaredError(given: Record<string, never> = {}): Metric {
  return errorMetric('squaredError', given, square)
}

/**
 * Root of the mean squared error: `√ mean (x − t)²` over samples and outputs, in the unit of the targets. Smaller is better. Shapes, errors: as
 * `absoluteError`.
 *
 * ```ts
 * rootMeanSquaredError()
 * ```
 */
export function rootMeanSquaredError(given: Record<string, never> = {}): Metric {
  return errorMetric('rootMeanSquaredError', given, square, Math.sqrt)
}
