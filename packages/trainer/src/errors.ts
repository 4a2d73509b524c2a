// Errors of the trainer.

import { type DivergenceRecord, GradwerkError } from '@gradwerk/core'

/** The loss, or the objective with its penalties, became NaN or infinite. `step` and `epoch` say where, counted from 1. */
export class DivergenceError extends GradwerkError {
  override readonly name: string = 'DivergenceError'
  readonly step: number
  readonly epoch: number
  readonly loss: number
  readonly objective: number
  constructor({ step, epoch, loss, objective }: Omit<DivergenceRecord, 'parameters'>) {
    const lost = Number.isFinite(loss)
      ? { problem: `the penalties make the objective ${objective}`, what: 'objective', got: objective }
      : { problem: `the loss is ${loss}`, what: 'loss', got: loss }
    super({
      who: 'Trainer.fit',
      problem: `${lost.problem} at step ${step} (epoch ${epoch})`,
      expected: `a finite ${lost.what}`,
      got: String(lost.got),
      hint: 'a smaller learning rate, or clipping the gradients',
    })
    this.step = step
    this.epoch = epoch
    this.loss = loss
    this.objective = objective
  }
}

/** A callback threw. The message names the callback and the hook; `cause` is what it threw. */
export class CallbackError extends GradwerkError {
  override readonly name: string = 'CallbackError'
}

/** A checkpoint that is damaged, or that belongs to another run. */
export class CheckpointError extends GradwerkError {
  override readonly name: string = 'CheckpointError'
}
