// What losses of regression share: errors of predictions, made a number for every sample.

import { type Loss, type Scope, sub, type Tensor } from '@gradwerk/core'
import { meanPerSample } from './mean-per-sample.ts'
import { checkEach, checkLikePredictions, likePredictions } from './targets.ts'

/** Values and checks of a loss that is the mean over outputs of a function of `prediction − target`. */
export function errorLoss(
  who: string,
  ofError: (error: Tensor, scope: Scope) => Tensor,
): Pick<Loss, 'values' | 'checkTargets'> {
  return {
    values: (predictions, targets, scope) =>
      meanPerSample(ofError(sub(predictions, likePredictions(who, targets, predictions)), scope)),
    checkTargets(targets, predictions) {
      checkLikePredictions(who, targets, predictions)
      checkEach(who, targets, 'a finite number', Number.isFinite)
    },
  }
}
