import type { RandomStream } from '../random/stream.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Value } from '../tensor/value.ts'
import type { Plugin } from './plugin.ts'

/** How many inputs feed one output of a weight, and how many outputs one input feeds. */
export interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}

/** What an initializer knows of a parameter besides its shape. */
export interface InitializerFans extends Fans {
  /**
   * The axes that count outputs and inputs; the others are the receptive field. Where they are missing, a shape of two axes is [in, out] and
   * one of more axes [out, in, …].
   */
  readonly outputAxes?: readonly number[]
  readonly inputAxes?: readonly number[]
  /** The groups of a grouped kernel, as in `ParameterSpec`. Default 1. */
  readonly groups?: number
}

/** Draws the first numbers of a parameter. */
export interface Initializer extends Plugin<'initializer'> {
  /** Row-major numbers for the shape. The same stream gives the same numbers. */
  sample(shape: Shape, fans: InitializerFans, random: RandomStream): Float32Array
  /**
   * Data-dependent initializers: a corrected parameter, given the layer's output on a batch of training data. Called after
   * `sample`, layer by layer from the input on, until it returns undefined (done).
   */
  calibrate?(parameter: Value, output: Value, round: number): Value | undefined
}
