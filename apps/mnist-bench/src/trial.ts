// One trial: a configuration trained with one seed, and the figures of its outcome.

import {
  type Backend,
  type Callback,
  type Dataset,
  dynamic,
  type EpochRecord,
  input,
  type TrainedModel,
  traceModel,
  type Values,
} from '@gradwerk/core'
import type { Samples } from './samples.ts'
import { type TargetFigures, targetClock } from './target.ts'
import { figure, type TrainingRequest, type TrialObserver, trained } from './training.ts'

/** Everything that decides a trial, besides the samples. */
export interface TrialRequest extends TrainingRequest {
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
  const { seed, target } = request
  const { train, validation, test } = samples
  const clock = epochClock()
  const goal = target === undefined ? undefined : targetClock(target)
  const clocks = [clock.callback, ...(goal === undefined ? [] : [goal.callback])]
  const over = await trained(request, samples, backend, observer, clocks)
  if (over === undefined) return undefined
  const { trainer, run } = over
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

/** The class with the largest output, for every row of [rows, classes]. */
export function predictedClasses(outputs: Float32Array, rows: number): Uint8Array {
  const classes = outputs.length / rows
  return Uint8Array.from({ length: rows }, (_, row) => {
    const own = outputs.subarray(row * classes, (row + 1) * classes)
    return own.indexOf(own.reduce((most, x) => Math.max(most, x)))
  })
}

/** The part of a dataset that outputs [rows, classes] are right about. */
export function accuracyOf(outputs: Float32Array, { targets, indices }: Dataset): number {
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
