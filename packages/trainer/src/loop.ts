// The training loop.

import type { Callback, EpochRecord, RunView, Snapshot } from '@gradwerk/core'
import { callHook, type Hook, type HookCall } from './callbacks.ts'
import { DivergenceError } from './errors.ts'
import type { RunPlan, StepCall } from './schedule.ts'
import { copyOfSnapshot, notFinite } from './snapshot.ts'
import type { Stepper } from './stepper.ts'

/** What changes while a run goes on; together with the options it decides everything that comes after. */
export interface Progress {
  snapshot: Snapshot
  /** Steps done. */
  step: number
  learningRateFactor: number
  /** Why the run ended early. */
  stopped: string | null
  readonly history: EpochRecord[]
  /** Losses and objectives of the steps of the unfinished epoch. */
  partial: { losses: number[]; objectives: number[] }
}

export interface LoopOptions {
  readonly epochs: number
  readonly plan: RunPlan
  readonly stepper: Stepper
  readonly callbacks: readonly Callback[]
  readonly signal: AbortSignal | undefined
  /** Figures of the model as it is, at the end of an epoch. */
  evaluate(snapshot: Snapshot): Promise<Pick<EpochRecord, 'training' | 'validation'>>
  /** The whole run as bytes. */
  checkpoint(progress: Progress): Uint8Array
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0) / numbers.length
}

/** A record that callbacks cannot change. */
function frozen(record: EpochRecord): EpochRecord {
  for (const part of [record.training, record.validation, record.callbacks]) Object.freeze(part)
  return Object.freeze(record)
}

/** Trains from wherever `progress` stands until the last epoch, a callback's stop, or an abort. */
export async function trainingLoop(progress: Progress, options: LoopOptions): Promise<void> {
  const { epochs, plan, stepper, callbacks, signal } = options
  const { stepsPerEpoch } = plan
  const total = epochs * stepsPerEpoch
  const view: RunView = {
    epochs,
    stepsPerEpoch,
    get step() {
      return progress.step
    },
    get history() {
      return Object.freeze([...progress.history])
    },
    snapshot: () => copyOfSnapshot(progress.snapshot),
    hyperparameters: () => stepper.hyperparameters(Math.max(progress.step - 1, 0), total, progress.learningRateFactor),
    gradients() {
      const epoch = Math.floor(progress.step / stepsPerEpoch)
      const [next] = plan.calls(epoch, progress.step - epoch * stepsPerEpoch, 1)
      return stepper.gradients(progress.snapshot, next as StepCall, progress.step, total)
    },
  }
  const hear = async <H extends Hook>(hook: H, parameters: HookCall<H>['parameters'], tell?: HookCall<H>['tell']) => {
    const { snapshot } = progress
    const asked = await callHook(callbacks, hook, { snapshot, parameters, ...(tell === undefined ? {} : { tell }) })
    progress.stopped ??= asked.stop ?? null
    progress.snapshot = asked.restore ?? progress.snapshot
    progress.learningRateFactor *= asked.learningRateFactor
    if (asked.saves.length === 0) return
    const bytes = options.checkpoint(progress)
    for (const save of asked.saves) await save(bytes)
  }
  const ended = () => progress.stopped !== null || signal?.aborted === true

  await hear('onRunStart', () => [view])
  while (progress.history.length < epochs && !ended()) {
    const epoch = progress.history.length
    const done = progress.step - epoch * stepsPerEpoch
    if (done === 0) await hear('onEpochStart', () => [view, epoch + 1])
    for (const call of plan.calls(epoch, done, stepper.stepsPerCall)) {
      if (ended()) break
      const { losses, objectives, snapshot } = await stepper.run(
        progress.snapshot,
        call,
        progress.step,
        total,
        progress.learningRateFactor,
      )
      const wrong = losses.findIndex((loss, i) => !Number.isFinite(loss) || !Number.isFinite(objectives[i]))
      if (wrong >= 0) {
        const divergence = {
          step: progress.step + wrong + 1,
          epoch: epoch + 1,
          loss: losses[wrong] as number,
          objective: objectives[wrong] as number,
        }
        const record = { ...divergence, parameters: notFinite(snapshot.parameters) }
        await hear('onDivergence', () => [view, record])
        if (progress.stopped === null) throw new DivergenceError(divergence)
        break
      }
      progress.snapshot = snapshot
      progress.step += call.steps
      progress.partial.losses.push(...losses)
      progress.partial.objectives.push(...objectives)
      await hear('onSteps', () => [view, { losses: losses.slice(), objectives: objectives.slice() }])
    }
    if (progress.step < (epoch + 1) * stepsPerEpoch) break
    const figures = await options.evaluate(progress.snapshot)
    let record: EpochRecord = frozen({
      epoch: epoch + 1,
      steps: progress.step,
      objective: mean(progress.partial.objectives),
      loss: mean(progress.partial.losses),
      ...figures,
    })
    progress.history.push(record)
    progress.partial = { losses: [], objectives: [] }
    await hear(
      'onEpochEnd',
      () => [view, record],
      (told) => {
        record = frozen({ ...record, callbacks: { ...record.callbacks, ...told } })
        progress.history[epoch] = record
      },
    )
  }
  await hear('onRunEnd', () => [view])
}
