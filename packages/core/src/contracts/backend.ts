import type { Program } from '../program/program.ts'
import type { Values } from '../tensor/value.ts'

/** What decides the bits of a result; recorded in checkpoints and reports. */
export interface BackendDescription {
  readonly name: string
  readonly version: string
  readonly threads: number
}

/** A call of a compiled program: `steps` ≥ 1 steps, the state of each being the outcome of the one before. */
export interface RunCall {
  readonly steps: number
  /** The program's `shared` inputs: one value for all steps. */
  readonly shared: Values
  /** The program's `inputs`, with a leading axis of length `steps`. */
  readonly inputs: Values
  readonly state: Values
}

export interface RunResult {
  readonly state: Values
  /** The program's outputs, with a leading axis of length `steps`. */
  readonly outputs: Values
}

/**
 * A compiled program. Values given to `run` are read until its promise settles and never written; values it returns are fresh.
 * The numbers do not depend on how steps are grouped into calls.
 */
export interface Executable {
  run(call: RunCall): Promise<RunResult>
}

/** Compiles programs and runs them. */
export interface Backend {
  readonly description: BackendDescription
  compile(program: Program): Promise<Executable>
}
