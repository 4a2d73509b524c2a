// The trainer: one interface over a model, a loss, an optimizer, everything that plugs in, and a backend.

import {
  DataError,
  type Dataset,
  type EpochRecord,
  fold,
  formatShape,
  type Key,
  keyOf,
  OptionError,
  parseOptions,
  type Shape,
  type Snapshot,
  sameShape,
  show,
  stratifiedSplit,
  type TrainedModel,
  type TrainingStep,
  type Value,
  type Values,
} from '@gradwerk/core'
import { accumulation } from './accumulation.ts'
import { calibrated, calibrationSamples } from './calibrate.ts'
import { checkDataset } from './check-dataset.ts'
import { encodeCheckpoint, type RunIdentity } from './checkpoint/checkpoint.ts'
import { type Evaluator, evaluator, figureName } from './evaluation.ts'
import { evaluationParameters } from './evaluation-parameters.ts'
import { type Progress, trainingLoop } from './loop.ts'
import { constraintRules } from './matching.ts'
import { type FitOptions, type FitSettings, fitSchema, type TrainerOptions, trainerSchema } from './options.ts'
import { predictor } from './prediction.ts'
import { checkpointOf, startingPoint } from './progress.ts'
import { batchesSchema, recomputeStatistics } from './recompute-statistics.ts'
import { runIdentity } from './run-identity.ts'
import { runPlan } from './schedule.ts'
import { startingModel } from './starting-model.ts'
import type { StepOptions } from './step-program.ts'
import { stepper } from './stepper.ts'
import { type ProgramOptions, trainingStep } from './training-step.ts'

/** The outcome of a run. */
export interface Run {
  readonly history: readonly EpochRecord[]
  /** The model with the numbers it has at the end of the run. */
  readonly model: TrainedModel
  readonly snapshot: Snapshot
  /** Steps done. */
  readonly steps: number
  /** Why the run ended before its last epoch; null where it did not. */
  readonly stopped: string | null
}

/** Which datasets can share compiled programs. */
function typeKey({ inputs, targets }: Dataset): string {
  return JSON.stringify([inputs.dtype, inputs.shape.slice(1), targets.dtype, targets.shape.slice(1)])
}

/** Trains a model on datasets, evaluates it, and predicts with it. */
export class Trainer {
  readonly #options: Required<
    Omit<TrainerOptions, 'model' | 'onWarning' | 'regularizers' | 'constraints' | 'stepsPerCall'>
  > &
    StepOptions & { readonly stepsPerCall: number | undefined }
  readonly #warn: (message: string) => void
  readonly #key: Key
  readonly #evaluators = new Map<string, Promise<Evaluator>>()
  /** What evaluation and prediction use. */
  #current: TrainedModel | undefined
  #fitting = false

  /** Throws an OptionError for an option that is missing, unknown or of the wrong kind. */
  constructor(options: TrainerOptions) {
    const settings = parseOptions('Trainer', trainerSchema, options)
    const { metrics, callbacks, regularizers, gradientTransforms, augmentations, seed } = settings
    const names = metrics.map(figureName)
    const taken = names.find((name, i) => name === 'loss' || names.indexOf(name) !== i)
    if (taken !== undefined)
      throw new OptionError({
        who: 'Trainer',
        problem: `two figures are named '${taken}'`,
        expected: 'metrics whose figures have distinct names',
      })
    const rules = regularizers.map((rule) => ('regularizer' in rule ? rule : { regularizer: rule }))
    const { loss, optimizer, backend } = settings
    const { model, start } = startingModel(settings.model)
    this.#current = start
    this.#options = {
      model,
      start,
      loss,
      optimizer,
      backend,
      metrics,
      callbacks,
      gradientTransforms,
      augmentations,
      seed,
      stepsPerCall: settings.stepsPerCall,
      regularizers: rules,
      constraints: constraintRules(settings.constraints),
    }
    this.#warn = settings.onWarning ?? ((message) => process.emitWarning(message, 'GradwerkWarning'))
    this.#key = keyOf(seed)
  }

  /**
   * Trains on a dataset. With `validation` a part is held out (or another dataset is used) and evaluated after every epoch; whatever
   * selects looks at that part only.
   *
   * Throws a DataError for an unfit dataset, a DivergenceError when the loss is not finite, a CallbackError that names the callback
   * that threw, and a CheckpointError for a checkpoint that is damaged or of another run.
   */
  async fit(dataset: Dataset, options: FitOptions): Promise<Run> {
    const settings = parseOptions('Trainer.fit', fitSchema, options)
    if (this.#fitting)
      throw new OptionError({
        who: 'Trainer.fit',
        problem: 'a fit of this trainer is under way, and callbacks have one state',
        hint: 'awaiting it, or another trainer with callbacks of its own',
      })
    this.#fitting = true
    try {
      return await this.#fit(dataset, settings)
    } finally {
      this.#fitting = false
    }
  }

  async #fit(dataset: Dataset, settings: FitSettings): Promise<Run> {
    const { epochs, batchSize, accumulate, remainder, validation, trackTraining, resume, signal } = settings
    const { backend, callbacks, optimizer } = this.#options
    checkDataset('Trainer.fit', dataset)
    if (typeof validation === 'object') checkDataset('Trainer.fit', validation)
    const { train, held } = this.#split(dataset, validation)
    await this.#checkTargets(train)
    if (held !== undefined) await this.#checkTargets(held)
    const plan = runPlan(train.indices, batchSize, remainder, this.#key)
    const together = accumulation(accumulate, plan.stepsPerEpoch)
    const steps = await stepper(
      backend,
      { ...this.#options, accumulation: together },
      train,
      plan.batchSizes,
      this.#key,
    )
    // The digest of the data takes a moment, and only checkpoints need it.
    let known: RunIdentity | undefined
    const identity = () => {
      known ??= runIdentity(this.#options, train, { epochs, batchSize, accumulate, remainder })
      return known
    }
    const total = epochs * plan.stepsPerEpoch
    const updates = together?.updates ?? ((step: number) => step)
    const parametersOf = ({ snapshot, step }: Pick<Progress, 'snapshot' | 'step'>) =>
      evaluationParameters(optimizer, steps.parameters, snapshot, updates(step), updates(total))
    const first = train.indices.subarray(0, calibrationSamples)
    const initial =
      resume === undefined ? await calibrated(backend, this.#options, train, first, steps.initial) : steps.initial
    const progress = await startingPoint({ identity, initial, resume, callbacks, backend, warn: this.#warn })
    const figures = async (of: Dataset) => this.#figures(of, { ...parametersOf(progress), ...progress.snapshot.state })
    await trainingLoop(progress, {
      epochs,
      plan,
      stepper: steps,
      callbacks,
      signal,
      async evaluate() {
        return {
          ...(trackTraining ? { training: await figures(train) } : {}),
          ...(held === undefined ? {} : { validation: await figures(held) }),
        }
      },
      checkpoint: (at) => encodeCheckpoint(checkpointOf(at, identity(), this.#options)),
    })
    const { snapshot } = progress
    const model: TrainedModel = {
      layer: this.#options.model,
      input: { shape: train.inputs.shape.slice(1), dtype: 'float32' },
      parameters: parametersOf(progress),
      state: snapshot.state,
    }
    this.#current = model
    const stopped = progress.stopped ?? (signal?.aborted === true ? 'aborted' : null)
    return { history: progress.history, model, snapshot, steps: progress.step, stopped }
  }

  /**
   * The training step as a program whose batches are given from outside, with the numbers it starts from: what `exportTrainingStep` of
   * `@gradwerk/onnx` writes as a file. It does what `fit` does with `remainder: 'drop'` and no validation: `inputs(step)` gives the same
   * batches, random keys and hyper-parameters.
   *
   * Throws an OptionError for an option outside its domain, and a DataError for an unfit dataset.
   */
  async program(dataset: Dataset, options: ProgramOptions = {}): Promise<TrainingStep> {
    checkDataset('Trainer.program', dataset)
    await this.#checkTargets(dataset)
    return trainingStep(this.#options, dataset, options, this.#key)
  }

  /**
   * Loss and metrics of a dataset with the parameters of the last run, before that of the trained model given. Throws a DataError where
   * there is neither.
   */
  async evaluate(dataset: Dataset): Promise<Record<string, number>> {
    const { parameters, state, input } = this.#trained('Trainer.evaluate')
    checkDataset('Trainer.evaluate', dataset)
    checkSampleShape('Trainer.evaluate', dataset.inputs.shape, input.shape)
    await this.#checkTargets(dataset)
    return this.#figures(dataset, { ...parameters, ...state })
  }

  /** The model's output [samples, …] for inputs [samples, …features], which are multiplied with `inputScale` (default 1) first. */
  async predict(inputs: Value, inputScale = 1): Promise<Value> {
    const { parameters, state, input } = this.#trained('Trainer.predict')
    checkSampleShape('Trainer.predict', inputs.shape, input.shape)
    if (!Number.isFinite(inputScale))
      throw new DataError({
        who: 'Trainer.predict',
        problem: 'the inputScale is not a finite number',
        expected: 'a number such as 1',
        got: show(inputScale),
      })
    const predict = await predictor(this.#options.backend, this.#options.model, inputs)
    return predict(inputs, inputScale, { ...parameters, ...state })
  }

  /**
   * Computes learned statistics (batch normalization) again, as plain averages over a dataset with the parameters that evaluation uses:
   * where an optimizer averages weights, the statistics of the run belong to other weights. See `recomputeStatistics`. From then on `evaluate`
   * and `predict` use them; the model that has them is returned.
   */
  async recomputeStatistics(dataset: Dataset, options: { readonly batchSize?: number } = {}): Promise<TrainedModel> {
    const who = 'Trainer.recomputeStatistics'
    const { batchSize } = parseOptions(who, batchesSchema, options)
    const model = this.#trained(who)
    const { backend, seed } = this.#options
    const recomputed = await recomputeStatistics(model, dataset, { batchSize, backend, seed })
    this.#current = recomputed
    return recomputed
  }

  #trained(who: string): TrainedModel {
    if (this.#current !== undefined) return this.#current
    throw new DataError({ who, problem: 'there are no trained parameters', hint: 'calling fit first' })
  }

  #split(dataset: Dataset, validation: Dataset | number | undefined): { train: Dataset; held?: Dataset } {
    if (typeof validation !== 'number')
      return { train: dataset, ...(validation === undefined ? {} : { held: validation }) }
    const split = stratifiedSplit(dataset, validation, fold(this.#key, 'validation'))
    return { train: split.train, held: split.validation }
  }

  #evaluator(dataset: Dataset): Promise<Evaluator> {
    const { backend, model, loss, metrics } = this.#options
    const key = typeKey(dataset)
    const found = this.#evaluators.get(key) ?? evaluator(backend, model, loss, metrics, dataset)
    this.#evaluators.set(key, found)
    // A failure is not kept: what was missing may be there the next time.
    found.catch(() => {
      if (this.#evaluators.get(key) === found) this.#evaluators.delete(key)
    })
    return found
  }

  async #figures(dataset: Dataset, parameters: Values): Promise<Record<string, number>> {
    return (await this.#evaluator(dataset)).evaluate(dataset, parameters)
  }

  async #checkTargets(dataset: Dataset): Promise<void> {
    this.#options.loss.checkTargets?.(dataset.targets, (await this.#evaluator(dataset)).predictions)
  }
}

/** Throws a DataError for samples [samples, …features] of other features than the model was trained on, and for none. */
function checkSampleShape(who: string, shape: Shape, trained: Shape): void {
  if (shape[0] !== 0 && sameShape(shape.slice(1), trained)) return
  throw new DataError({
    who,
    problem: 'inputs that the model was not trained for',
    expected: `samples of ${formatShape(trained)}`,
    got: formatShape(shape),
  })
}
