// One of two outcomes for each sample.

import { type Samples, type Tensor, where } from '@gradwerk/core'
import { over } from './draws.ts'
import { softTargets } from './targets.ts'

/** The rows of `chosen` where a column [batch, 1] of bool holds, else those of `other`. */
function rowsWhere(condition: Tensor, chosen: Tensor, other: Tensor): Tensor {
  return chosen === other ? other : where(over(condition, other), chosen, other)
}

/** Samples of `chosen` where the column holds, else those of `other`. Where only one has soft targets, both get them. */
export function samplesWhere(
  who: string,
  condition: Tensor,
  chosen: Samples,
  other: Samples,
  classes: number,
): Samples {
  const alike = chosen.targets.dtype === other.targets.dtype
  const targets = (samples: Samples) => (alike ? samples.targets : softTargets(who, samples.targets, classes))
  return {
    inputs: rowsWhere(condition, chosen.inputs, other.inputs),
    targets: rowsWhere(condition, targets(chosen), targets(other)),
  }
}
