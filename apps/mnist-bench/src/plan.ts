// The trials of a run.

import { input, multiplyAdds, traceModel } from '@gradwerk/core'
import { configurationNamed } from './configurations.ts'
import { modelOf } from './plugins.ts'
import type { Settings } from './settings.ts'
import type { TrialRequest } from './trial.ts'

/** The units of a configuration's hidden layers. */
export function hiddenOf(
  configuration: string,
  { hidden, deepHidden }: Pick<Settings, 'hidden' | 'deepHidden'>,
): readonly number[] {
  const { network, hidden: own } = configurationNamed(configuration)
  return own ?? (network === 'deep' ? deepHidden : hidden)
}

/** Every configuration with every seed, in this order. */
export function plannedTrials(settings: Settings): TrialRequest[] {
  const { configurations, seeds, epochs, batchSize, trackTraining, target } = settings
  return configurations.flatMap((configuration) =>
    Array.from({ length: seeds }, (_, i) => ({
      configuration,
      seed: i + 1,
      epochs,
      batchSize,
      hidden: hiddenOf(configuration, settings),
      trackTraining,
      ...(target === undefined ? {} : { target }),
    })),
  )
}

/** The best configuration once more, on all training images. */
export function finalTrial(
  winner: { readonly configuration: string; readonly seed: number },
  settings: Settings,
): TrialRequest {
  const { finalEpochs, batchSize } = settings
  return {
    ...winner,
    epochs: finalEpochs,
    batchSize,
    hidden: hiddenOf(winner.configuration, settings),
    trackTraining: false,
  }
}

/** About how much work a trial is, in multiply-adds; for time estimates only. */
export function workOf(request: TrialRequest, train: number, validation: number): number {
  const { epochs, trackTraining } = request
  const { output, parameters } = traceModel(modelOf(request), input('x', [1, 28, 28]))
  // A step costs its calls too, which for narrow layers is more than the products.
  const perSample = multiplyAdds([output]) + 10_000 * parameters.size
  return epochs * perSample * (3 * train + (trackTraining ? train : 0) + validation)
}
