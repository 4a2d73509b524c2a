// Errors of the trainer.

import { GradwerkError } from '@gradwerk/core'

/** The loss became NaN or infinite. `step` and `epoch` say where, counted from 1. */
export class DivergenceError extends GradwerkError {
  override readonly name: string = 'DivergenceError'
  readonly step: number
  readonly epoch: number
  readonly loss: number
  constructor(step: number, epoch: number, loss: number) {
    super({
      who: 'Trainer.fit',
      problem: `the loss is ${loss} at step ${step} (epoch ${epoch})`,
      expected: 'a finite loss',
      got: String(loss),
      hint: 'a smaller learning rate, or clipping the gradients',
    })
    this.step = step
    this.epoch = epoch
    this.loss = loss
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
