// What holds for losses.

import { constant, dynamic, evaluate, input, type Loss, type Value } from '@gradwerk/core'
import { check } from '../errors.ts'
import { constantScope } from '../scopes.ts'
import { type PredictionCase, predictionsOf, rowsOf, targetsOf } from '../targets.ts'
import { assertClose, assertFinite, doubles } from '../values.ts'
import { checkGradient, type GradientCheckOptions } from './gradient.ts'
import type { PluginCase } from './plugin.ts'

export interface LossCase extends PluginCase<Loss>, PredictionCase {
  /** Whether no sample's loss is below 0. Default true. */
  readonly nonnegative?: boolean
  /** Options of the gradient check, or false to leave it out. */
  readonly gradient?: GradientCheckOptions | false
}

const batch = 5

function lossesOf({ plugin }: { plugin: Loss }, predictions: Value, targets: Value): Value {
  return evaluate([plugin.values(constant(predictions), constant(targets), constantScope())])[0] as Value
}

/** One finite number for each sample, ≥ 0 where stated, that depends on no other sample. */
export function assertLossValues(testCase: LossCase): void {
  const { plugin, nonnegative = true } = testCase
  const [predictions, targets] = [predictionsOf(testCase, batch), targetsOf(testCase, batch)]
  const losses = lossesOf(testCase, predictions, targets)
  check(losses.shape.join() === String(batch), plugin.name, 'not one number for each sample', {
    expected: `[${batch}]`,
    got: `[${losses.shape.join(', ')}]`,
  })
  assertFinite(losses, plugin.name)
  if (nonnegative)
    check(
      doubles(losses).every((x) => x >= 0),
      plugin.name,
      'a loss below 0',
      { got: `[${doubles(losses).join(', ')}]` },
    )
  for (let i = 0; i < batch; i++) {
    const alone = lossesOf(testCase, rowsOf(predictions, i, i + 1), rowsOf(targets, i, i + 1))
    assertClose(
      alone,
      rowsOf(losses, i, i + 1),
      { absolute: 1e-7, relative: 1e-6 },
      `${plugin.name} of sample ${i} alone`,
    )
  }
  plugin.checkTargets?.(targets, predictions.shape)
}

/** A dynamic batch axis gives the numbers of a fixed one. */
export function assertLossDynamicBatch(testCase: LossCase): void {
  const [predictions, targets] = [predictionsOf(testCase, batch), targetsOf(testCase, batch)]
  const open = (name: string, { shape, dtype }: Value) => input(name, [dynamic, ...shape.slice(1)], dtype)
  const losses = testCase.plugin.values(open('predictions', predictions), open('targets', targets), constantScope())
  const [value] = evaluate([losses], { predictions, targets })
  assertClose(
    value as Value,
    lossesOf(testCase, predictions, targets),
    {},
    `${testCase.plugin.name} with a dynamic batch`,
  )
}

/** The gradient with respect to the predictions (targets and weights are data). */
export function assertLossGradient(testCase: LossCase): void {
  const { plugin, gradient } = testCase
  if (gradient === false) return
  const targets = constant(targetsOf(testCase, batch))
  checkGradient(
    (predictions) => plugin.values(predictions, targets, constantScope()),
    [predictionsOf(testCase, batch)],
    { who: plugin.name, ...gradient },
  )
}

/** Two losses compute the same. */
export function assertSameLoss(testCase: LossCase, again: Loss): void {
  const [predictions, targets] = [predictionsOf(testCase, batch), targetsOf(testCase, batch)]
  assertClose(
    lossesOf({ plugin: again }, predictions, targets),
    lossesOf(testCase, predictions, targets),
    {},
    `${again.name} made again`,
  )
}
