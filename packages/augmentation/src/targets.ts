// Targets that can be mixed.

import { OptionError, oneHot, type Tensor } from '@gradwerk/core'

/** Class indices as probabilities [batch, classes]; float targets as they are. Throws an OptionError where the classes are not counted. */
export function softTargets(who: string, targets: Tensor, classes: number): Tensor {
  if (targets.dtype !== 'int32') return targets
  if (classes >= 1) return oneHot(targets, classes)
  throw new OptionError({
    who,
    problem: 'the number of classes is not known',
    expected: 'a data set that counts its classes, or soft targets',
  })
}
