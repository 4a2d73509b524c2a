// Targets in the forms that losses take, and the complaints about those that do not fit.

import {
  cast,
  DataError,
  formatShape,
  numbers,
  reshape,
  type Shape,
  ShapeError,
  sizeOf,
  type Tensor,
  type Value,
} from '@gradwerk/core'

/** A value in a message: `uint8 [60000, 10]`. */
function describe({ dtype, shape }: Pick<Tensor, 'dtype' | 'shape'>): string {
  return `${dtype} ${formatShape(shape)}`
}

/** Two shapes of samples agree but for the length of their first axis. */
export function sameSamples(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => axis === 0 || length === b[axis])
}

/** Whether targets [batch] stand for predictions [batch, 1]. */
function lacksColumn(targets: Shape, predictions: Shape): boolean {
  return targets.length === 1 && predictions.length === 2 && predictions[1] === 1
}

/** Targets as float32 of the shape of the predictions; [batch] stands for [batch, 1]. */
export function likePredictions(who: string, targets: Tensor, predictions: Tensor): Tensor {
  const shaped = lacksColumn(targets.shape, predictions.shape) ? reshape(targets, [...targets.shape, 1]) : targets
  if (!sameSamples(shaped.shape, predictions.shape))
    throw new ShapeError({
      who,
      problem: 'targets and predictions differ in shape',
      expected: `targets ${formatShape(predictions.shape)}`,
      got: describe(targets),
    })
  return cast(shaped, predictions.dtype)
}

/** The same check on host data, whose first axis may have any length. */
export function checkLikePredictions(who: string, targets: Value, predictions: Shape): void {
  if (lacksColumn(targets.shape, predictions) || sameSamples(targets.shape, predictions)) return
  throw new DataError({
    who,
    problem: 'targets that do not fit the predictions',
    expected: `the shape of the predictions, ${formatShape([-1, ...predictions.slice(1)])}`,
    got: describe(targets),
  })
}

/** Rows of probabilities may differ from 1 by this much: rounding to float32, or to a few decimals. */
const rowTolerance = 1e-3

/** Complains about the first place of [samples, classes, …positions] without a distribution: numbers ≥ 0 that add up to 1. */
export function checkDistributions(who: string, targets: Value): void {
  checkEach(who, targets, 'a probability ≥ 0', (probability) => probability >= 0 && Number.isFinite(probability))
  const data = numbers(targets)
  const classes = targets.shape[1] ?? 1
  const positions = sizeOf(targets.shape.slice(2))
  for (let place = 0; place < data.length / classes; place++) {
    const sample = Math.floor(place / positions)
    const start = sample * classes * positions + (place % positions)
    let total = 0
    for (let c = 0; c < classes; c++) total += data[start + c * positions] as number
    if (Math.abs(total - 1) > rowTolerance)
      throw new DataError({
        who,
        problem: `the target of sample ${sample} is no distribution over the ${classes} classes`,
        expected: `probabilities that add up to 1 (within ${rowTolerance})`,
        got: `a sum of ${Number(total.toPrecision(6))}`,
        hint: 'binaryCrossEntropy() where several classes may hold at once',
      })
  }
}

/** Complains about the first target for which `valid` does not hold. */
export function checkEach(who: string, targets: Value, expected: string, valid: (target: number) => boolean): void {
  const data = numbers(targets)
  const at = data.findIndex((target: number) => !valid(target))
  if (at === -1) return
  const perSample = data.length / (targets.shape[0] ?? 1)
  throw new DataError({
    who,
    problem: `the target of sample ${Math.floor(at / perSample)} is out of range`,
    expected,
    got: String(data[at]),
  })
}
