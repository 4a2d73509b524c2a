// The training loop.

import type { Callback, EpochRecord, RunView, Snapshot } from '@gradwerk/core'
import { callHook, type Outcome } from './callbacks.ts'
import { DivergenceError } from './errors.ts'
import type { RunPlan } from './schedule.ts'
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

/** Trains from wherever `progress` stands until the last epoch, a callback's stop, or an abort. */
export async function trainingLoop(progress: Progress, options: LoopOptions): Promise<void> {
  const { epochs, plan, stepper, callbacks, signal } = options
  const { stepsPerEpoch } = plan
  const view: RunView = {
    epochs,
    stepsPerEpoch,
    get step() {
      return progress.step
    },
    get history() {
      return progress.history
    },
    snapshot: () => progress.snapshot,
  }
  const obey = async (asked: Outcome) => {
    progress.stopped ??= asked.stop ?? null
    progress.snapshot = asked.restore ?? progress.snapshot
    progress.learningRateFactor *= asked.learningRateFactor
    if (asked.saves.length === 0) return
    const bytes = options.checkpoint(progress)
    for (const save of asked.saves) await save(bytes)
  }
  const ended = () => progress.stopped !== null || signal?.aborted === true

  await obey(await callHook(callbacks, 'onRunStart', view))
  while (progress.history.length < epochs && !ended()) {
    const epoch = progress.history.length
    const done = progress.step - epoch * stepsPerEpoch
    if (done === 0) await obey(await callHook(callbacks, 'onEpochStart', view, epoch + 1))
    for (const call of plan.calls(epoch, done, stepper.stepsPerCall)) {
      if (ended()) break
      const { losses, objectives, snapshot } = await stepper.run(
        progress.snapshot,
        call,
        progress.step,
        epochs * stepsPerEpoch,
        progress.learningRateFactor,
      )
      const wrong = losses.findIndex((loss, i) => !Number.isFinite(loss) || !Number.isFinite(objectives[i]))
      if (wrong >= 0) throw new DivergenceError(progress.step + wrong + 1, epoch + 1, losses[wrong] as number)
      progress.snapshot = snapshot
      progress.step += call.steps
      progress.partial.losses.push(...losses)
      progress.partial.objectives.push(...objectives)
      await obey(await callHook(callbacks, 'onSteps', view, { losses, objectives }))
    }
    if (progress.step < (epoch + 1) * stepsPerEpoch) break
    const figures = await options.evaluate(progress.snapshot)
    const record = {
      epoch: epoch + 1,
      steps: progress.step,
      objective: mean(progress.partial.objectives),
      loss: mean(progress.partial.losses),
      ...figures,
    }
    progress.history.push(record)
    progress.partial = { losses: [], objectives: [] }
    await obey(await callHook(callbacks, 'onEpochEnd', view, record))
  }
  await obey(await callHook(callbacks, 'onRunEnd', view))
}
