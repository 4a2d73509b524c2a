// One trial of a search, or one training of its best parameters.

import type { Backend } from '@gradwerk/core'
import type { Samples } from '../samples.ts'
import { figure, type TrainingRequest, type TrialObserver, trained } from '../training.ts'
import { accuracyOf } from '../trial.ts'

export interface TuneRequest extends TrainingRequest {
  /** Whether the test images are looked at: never in a search. */
  readonly test: boolean
}

/** Figures in evaluation mode after the last epoch, losses without penalties. */
export interface TuneFigures {
  readonly seed: number
  readonly trainLoss: number
  readonly validationLoss: number
  readonly validationAccuracy: number
  /** Null where the test images were not looked at. */
  readonly testAccuracy: number | null
  readonly seconds: number
}

/** Trains and measures; undefined when it was interrupted. Throws what the trainer throws, a DivergenceError above all. */
export async function runTuneTrial(
  request: TuneRequest,
  samples: Samples,
  backend: Backend,
  observer: TrialObserver,
): Promise<TuneFigures | undefined> {
  const started = performance.now()
  const over = await trained(request, samples, backend, observer)
  if (over === undefined) return undefined
  const { trainer, run } = over
  const { train, test } = samples
  const last = run.history.at(-1)?.validation ?? {}
  const trainLoss = figure(await trainer.evaluate(train), 'loss')
  const outputs = request.test ? await trainer.predict(test.inputs, test.inputScale) : undefined
  return {
    seed: request.seed,
    trainLoss,
    validationLoss: figure(last, 'loss'),
    validationAccuracy: figure(last, 'accuracy'),
    testAccuracy: outputs === undefined ? null : accuracyOf(Float32Array.from(outputs.data, Number), test),
    seconds: (performance.now() - started) / 1000,
  }
}
