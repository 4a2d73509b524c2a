// The training that all trials have in common.

import type { Backend, Callback, EpochRecord, RunView } from '@gradwerk/core'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { type Run, Trainer } from '@gradwerk/trainer'
import { configurationNamed } from './configurations.ts'
import { type PluginRequest, pluginsOf } from './plugins.ts'
import type { Samples } from './samples.ts'

/** Everything that decides a training, besides the samples. */
export interface TrainingRequest extends PluginRequest {
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  /** Whether the training images are evaluated after every epoch too. */
  readonly trackTraining: boolean
}

/** What happens meanwhile. */
export interface TrialObserver {
  /** After every call of the backend and every epoch: the part of the planned training that is done. */
  onProgress(done: number, record?: EpochRecord): void
  /** Whether training should end as soon as it can. */
  interrupted(): boolean
}

export interface Trained {
  readonly trainer: Trainer
  readonly run: Run
}

const interruption = 'interrupted'

function observe(observer: TrialObserver): Callback {
  const answer = () => (observer.interrupted() ? { stop: interruption } : undefined)
  const part = ({ step, epochs, stepsPerEpoch }: RunView) => step / (epochs * stepsPerEpoch)
  return {
    kind: 'callback',
    name: 'observe',
    options: {},
    onRunStart: answer,
    onSteps(run) {
      observer.onProgress(part(run))
      return answer()
    },
    onEpochEnd(run, record) {
      observer.onProgress(part(run), record)
    },
  }
}

/** Trains; undefined when it was interrupted. Throws what the trainer throws, a DivergenceError above all. */
export async function trained(
  request: TrainingRequest,
  { train, validation }: Pick<Samples, 'train' | 'validation'>,
  backend: Backend,
  observer: TrialObserver,
  callbacks: readonly Callback[] = [],
): Promise<Trained | undefined> {
  const { seed, epochs, batchSize, trackTraining } = request
  const configuration = configurationNamed(request.configuration)
  const trainer = new Trainer({
    ...pluginsOf(request),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    augmentations: configuration.augmentations ?? [],
    callbacks: [...callbacks, observe(observer), ...(configuration.callbacks?.() ?? [])],
    backend,
    seed,
  })
  const run = await trainer.fit(train, { epochs, batchSize, validation, trackTraining })
  return run.stopped === interruption ? undefined : { trainer, run }
}

/** A figure of an evaluation. */
export function figure(figures: Readonly<Record<string, number>>, name: string): number {
  return figures[name] ?? Number.NaN
}
