import type { Values } from '../tensor/value.ts'
import type { Plugin } from './plugin.ts'

/** The figures of one epoch. `training` and `validation` are in evaluation mode, without penalties; `objective` is what was minimized. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number
  /** Training steps since the start of the run. */
  readonly steps: number
  /** Mean objective over the epoch's steps (training mode, with penalties). */
  readonly objective: number
  /** Mean loss over the epoch's steps (training mode, without penalties). */
  readonly loss: number
  readonly training?: Readonly<Record<string, number>>
  readonly validation?: Readonly<Record<string, number>>
  /** What callbacks told of the epoch: `learningRate`, `seconds`. */
  readonly callbacks?: Readonly<Record<string, number>>
}

/** Everything a run consists of at a moment: parameters, layer states, optimizer slots. */
export interface Snapshot {
  readonly parameters: Values
  readonly state: Values
  readonly slots: Values
}

/** What a callback sees. */
export interface RunView {
  readonly epochs: number
  readonly stepsPerEpoch: number
  /** Steps done. */
  readonly step: number
  readonly history: readonly EpochRecord[]
  /** A copy, made for this call. */
  snapshot(): Snapshot
  /** Hyper-parameters by full name (`optimizer.learningRate`), as the step done last used them; before there was one, as the first will. */
  hyperparameters(): Readonly<Record<string, number>>
  /**
   * The gradients that the next step would hand to the gradient transforms, by parameter: of the loss and the differentiated penalties,
   * on its batch and with its random key. Computed when asked for, by a program that is compiled once.
   */
  gradients(): Promise<Values>
}

export interface StepsRecord {
  /** Losses and objectives of the steps just done, in order. */
  readonly losses: Float32Array
  readonly objectives: Float32Array
}

/** A call of the backend whose loss or objective was not finite. The run stands where it stood before the call. */
export interface DivergenceRecord {
  /** The first step that was not finite, counted from 1 over the run, and its epoch, counted from 1. */
  readonly step: number
  readonly epoch: number
  readonly loss: number
  readonly objective: number
  /** Parameters that held a number that is not finite when the call ended. */
  readonly parameters: readonly string[]
}

/** What a callback may ask of the trainer. */
export interface Directives {
  /** Ends the run after this hook; the text is the reason. */
  readonly stop?: string
  /** Multiplies the learning rate from now on; finite and above 0. */
  readonly learningRateFactor?: number
  /** Continues from a copy of these parameters, states and slots: all those of the run, in their types. */
  readonly restore?: Snapshot
  /** Is given the run as bytes, once all callbacks have been heard: everything needed to continue it bit for bit. */
  readonly save?: (checkpoint: Uint8Array) => void | Promise<void>
  /** Only at the end of an epoch: figures for its record, which the callbacks after this one see. */
  readonly figures?: Readonly<Record<string, number>>
}

type Answer = Directives | undefined | void | Promise<Directives | undefined | void>

/**
 * Hooks run in the order of the callbacks given; each hook of a run is awaited before the next. `save` and `load` carry the callback's own
 * state through checkpoints: plain JSON, and values by name.
 */
export interface Callback extends Plugin<'callback'> {
  onRunStart?(run: RunView): Answer
  onEpochStart?(run: RunView, epoch: number): Answer
  /** After every call of the backend: one or more steps. */
  onSteps?(run: RunView, record: StepsRecord): Answer
  onEpochEnd?(run: RunView, record: EpochRecord): Answer
  /**
   * In place of `onSteps`, after a call whose loss was not finite. Where no callback asks for a stop, the run fails with a
   * DivergenceError.
   */
  onDivergence?(run: RunView, record: DivergenceRecord): Answer
  /** Once, also after a stop asked for by another callback. */
  onRunEnd?(run: RunView): Answer
  save?(): { readonly json: unknown; readonly values: Values }
  load?(saved: { readonly json: unknown; readonly values: Values }): void
}
