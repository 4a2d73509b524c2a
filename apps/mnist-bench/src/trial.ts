// One trial: a configuration trained with one seed, and the figures of its outcome.

import {
  type Backend,
  type Callback,
  type Dataset,
  dynamic,
  type EpochRecord,
  input,
  type RunView,
  type TrainedModel,
  traceModel,
  type Values,
} from '@gradwerk/core'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { Trainer } from '@gradwerk/trainer'
import type { Configuration } from './configuration.ts'
import { configurationNamed } from './configurations.ts'
import { network } from './network.ts'
import type { Samples } from './samples.ts'
import { type TargetFigures, targetClock } from './target.ts'

/** Everything that decides a trial, besides the samples. */
export interface TrialRequest {
  readonly configuration: string
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  readonly hidden: readonly number[]
  /** Whether the training images are evaluated after every epoch too. */
  readonly trackTraining: boolean
  /** The validation accuracy, a part of 1, at which the trial ends and which its seconds are measured to. */
  readonly target?: number
}

/** Losses are those of the evaluation mode, without penalties. */
export interface Figures {
  readonly seed: number
  readonly trainLoss: number
  readonly validationLoss: number
  readonly validationAccuracy: number
  readonly testAccuracy: number
  /** Validation loss minus training loss. */
  readonly generalizationGap: number
  /** The part of kernel weights that are exactly zero. */
  readonly zeroWeights: number
  /** √Σw² over all kernels. */
  readonly weightNorm: number
  /** Epochs trained. */
  readonly epochs: number
  /** Of the whole trial. */
  readonly seconds: number
  /** Mean over the epochs of what their training steps took, without evaluation. */
  readonly secondsPerEpoch: number
  /** Why training ended early; null where it did not. */
  readonly stopped: string | null
  /** How long it took to reach the accuracy that was asked for; null where none was. */
  readonly target: TargetFigures | null
}

export interface TrialOutcome {
  readonly figures: Figures
  readonly history: readonly EpochRecord[]
  readonly parameters: Values
  readonly state: Values
  /** The model's output for the test images, row-major [images, 10]. */
  readonly testOutputs: Float32Array
}

/** What happens meanwhile. */
export interface TrialObserver {
  /** After every call of the backend and every epoch: the part of the planned training that is done. */
  onProgress(done: number, record?: EpochRecord): void
  /** Whether training should end as soon as it can. */
  interrupted(): boolean
}

const interruption = 'interrupted'

/** The layer that a request trains. */
export function modelOf({
  configuration,
  hidden,
}: Pick<TrialRequest, 'configuration' | 'hidden'>): TrainedModel['layer'] {
  const chosen = configurationNamed(configuration)
  return network(chosen.network, { ...chosen, hidden })
}

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

/** Times the training steps of every epoch. */
function epochClock(): { readonly callback: Callback; secondsPerEpoch(): number } {
  let [began, ended, total, epochs] = [0, 0, 0, 0]
  return {
    callback: {
      kind: 'callback',
      name: 'epochClock',
      options: {},
      onEpochStart() {
        began = performance.now()
      },
      onSteps() {
        ended = performance.now()
      },
      onEpochEnd() {
        total += ended - began
        epochs++
      },
    },
    secondsPerEpoch: () => total / epochs / 1000,
  }
}

/** Trains and measures; undefined when it was interrupted. Throws what the trainer throws, a DivergenceError above all. */
export async function runTrial(
  request: TrialRequest,
  samples: Samples,
  backend: Backend,
  observer: TrialObserver,
): Promise<TrialOutcome | undefined> {
  const started = performance.now()
  const configuration: Configuration = configurationNamed(request.configuration)
  const { seed, epochs, batchSize, trackTraining, target } = request
  const { train, validation, test } = samples
  const clock = epochClock()
  const goal = target === undefined ? undefined : targetClock(target)
  const watching = [clock.callback, ...(goal === undefined ? [] : [goal.callback]), observe(observer)]
  const trainer = new Trainer({
    model: modelOf(request),
    loss: softmaxCrossEntropy(),
    optimizer: configuration.optimizer,
    metrics: [accuracy()],
    regularizers: configuration.regularizers ?? [],
    augmentations: configuration.augmentations ?? [],
    callbacks: [...watching, ...(configuration.callbacks?.() ?? [])],
    backend,
    seed,
  })
  const run = await trainer.fit(train, { epochs, batchSize, validation, trackTraining })
  if (run.stopped === interruption) return undefined
  const held = await trainer.evaluate(validation)
  const trainLoss = figure(await trainer.evaluate(train), 'loss')
  const outputs = await trainer.predict(test.inputs, test.inputScale)
  const testOutputs = Float32Array.from(outputs.data, Number)
  const validationLoss = figure(held, 'loss')
  return {
    figures: {
      seed,
      trainLoss,
      validationLoss,
      validationAccuracy: figure(held, 'accuracy'),
      testAccuracy: accuracyOf(testOutputs, test),
      generalizationGap: validationLoss - trainLoss,
      ...weightFigures(run.model),
      epochs: run.history.length,
      seconds: (performance.now() - started) / 1000,
      secondsPerEpoch: clock.secondsPerEpoch(),
      stopped: run.stopped,
      target: goal?.figures() ?? null,
    },
    history: run.history,
    parameters: run.model.parameters,
    state: run.model.state,
    testOutputs,
  }
}

function figure(figures: Readonly<Record<string, number>>, name: string): number {
  return figures[name] ?? Number.NaN
}

/** The class with the largest output, for every row of [rows, classes]. */
export function predictedClasses(outputs: Float32Array, rows: number): Uint8Array {
  const classes = outputs.length / rows
  return Uint8Array.from({ length: rows }, (_, row) => {
    const own = outputs.subarray(row * classes, (row + 1) * classes)
    return own.indexOf(own.reduce((most, x) => Math.max(most, x)))
  })
}

function accuracyOf(outputs: Float32Array, { targets, indices }: Dataset): number {
  const predicted = predictedClasses(outputs, indices.length)
  return predicted.filter((label, i) => label === Number(targets.data[i])).length / indices.length
}

function weightFigures({ layer, input: type, parameters }: TrainedModel): Pick<Figures, 'zeroWeights' | 'weightNorm'> {
  const { parameters: traced } = traceModel(layer, input('x', [dynamic, ...type.shape]))
  let [zeros, count, squares] = [0, 0, 0]
  for (const [name, { info }] of traced) {
    if (info.role !== 'kernel') continue
    for (const weight of parameters[name]?.data ?? []) {
      const w = Number(weight)
      zeros += w === 0 ? 1 : 0
      squares += w * w
      count++
    }
  }
  return { zeroWeights: zeros / count, weightNorm: Math.sqrt(squares) }
}
