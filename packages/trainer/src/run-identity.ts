// What a run is made of, as a checkpoint tells it: a run continues only where nothing of this has changed.

import type { Dataset } from '@gradwerk/core'
import type { RunIdentity } from './checkpoint/checkpoint.ts'
import { datasetDigest } from './checkpoint/dataset-digest.ts'
import type { StepOptions } from './step-program.ts'

/** Plugins as text: their JSON, with matchers by their source. */
function described(plugins: unknown): string {
  return JSON.stringify(plugins, (key, x: unknown) => {
    if (x instanceof RegExp) return String(x)
    return key === 'where' && typeof x === 'function' ? String(x) : x
  })
}

interface Plan extends Pick<RunIdentity, 'epochs' | 'batchSize' | 'remainder'> {
  readonly accumulate: number
}

export function runIdentity(
  options: StepOptions & { readonly seed: number },
  train: Dataset,
  { accumulate, ...plan }: Plan,
): RunIdentity {
  const { model, optimizer, loss, regularizers, constraints, gradientTransforms, augmentations, seed } = options
  return {
    model: described(model),
    optimizer: described(accumulate === 1 ? optimizer : [optimizer, { accumulate }]),
    objective: described([loss, regularizers, constraints ?? [], gradientTransforms, augmentations]),
    seed,
    ...plan,
    dataset: train.name,
    samples: train.indices.length,
    data: datasetDigest(train),
  }
}
