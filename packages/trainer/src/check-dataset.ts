// What has to hold for a dataset before anything is computed with it.

import { DataError, type Dataset, formatShape, type Loss, type Shape } from '@gradwerk/core'

/** Throws a DataError for a dataset without samples, with rows that do not exist, or with targets that the loss does not take. */
export function checkDataset(who: string, dataset: Dataset, loss: Loss, predictions: Shape): void {
  const { name, inputs, targets, indices } = dataset
  if (indices.length === 0)
    throw new DataError({ who, problem: `the dataset '${name}' is empty`, expected: 'at least one sample' })
  const rows = inputs.shape[0] ?? 0
  if (targets.shape[0] !== rows)
    throw new DataError({
      who,
      problem: `'${name}' has not one target for each input`,
      expected: `${rows} targets`,
      got: formatShape(targets.shape),
    })
  const outside = indices.find((row) => row < 0 || row >= rows)
  if (outside !== undefined)
    throw new DataError({
      who,
      problem: `'${name}' has no such row`,
      expected: `rows from 0 to ${rows - 1}`,
      got: String(outside),
    })
  loss.checkTargets?.(targets, predictions)
}
