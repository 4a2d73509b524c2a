// A batch inside a program: rows of the dataset's arrays, gathered and scaled in the graph.

import { cast, type Dataset, dynamic, gather, input, mul, type Tensor, type Type, type Value } from '@gradwerk/core'

/** A batch, and the inputs of the program that it comes from. */
export interface StepBatch {
  /** float32 [batch, …features] */
  readonly inputs: Tensor
  /** [batch, …] */
  readonly targets: Tensor
  /** Inputs that hold the dataset. */
  readonly shared: Readonly<Record<string, Tensor>>
  /** Inputs that every step has its own of. */
  readonly perStep: Readonly<Record<string, Tensor>>
}

export interface BatchInputs extends StepBatch {
  /** The input that chooses the rows: int32 [batch]. */
  readonly rows: Tensor
}

/** The parts of a dataset that decide the structure of a program. */
export interface DataType {
  readonly inputs: Type
  readonly targets: Type
  readonly classes?: number | undefined
}

/** A batch of a dataset; its length may be dynamic. */
export function batchInputs({ inputs, targets }: DataType, batchSize: number): BatchInputs {
  const whole = (name: string, { dtype, shape }: Type) => input(name, [dynamic, ...shape.slice(1)], dtype)
  const shared = {
    'dataset.inputs': whole('dataset.inputs', inputs),
    'dataset.targets': whole('dataset.targets', targets),
    'dataset.inputScale': input('dataset.inputScale', []),
  }
  const rows = input('rows', [batchSize], 'int32')
  const chosen = cast(gather(shared['dataset.inputs'], rows), 'float32')
  const labels = gather(shared['dataset.targets'], rows)
  return {
    inputs: mul(chosen, shared['dataset.inputScale']),
    targets: labels.dtype === 'uint8' ? cast(labels, 'int32') : labels,
    shared,
    perStep: { rows },
    rows,
  }
}

/** A batch that every step is given as it is: `inputs` and `targets`, of the dataset's element types. */
export function givenBatch(data: Pick<Dataset, 'inputs' | 'targets' | 'inputScale'>, batchSize: number): StepBatch {
  const part = (name: string, { dtype, shape }: Type) => input(name, [batchSize, ...shape.slice(1)], dtype)
  const perStep = { inputs: part('inputs', data.inputs), targets: part('targets', data.targets) }
  return {
    inputs: mul(cast(perStep.inputs, 'float32'), data.inputScale),
    targets: data.targets.dtype === 'uint8' ? cast(perStep.targets, 'int32') : perStep.targets,
    shared: {},
    perStep,
  }
}

/** The values of `shared`. */
export function datasetFeeds(dataset: Dataset): Record<string, Value> {
  return {
    'dataset.inputs': dataset.inputs,
    'dataset.targets': dataset.targets,
    'dataset.inputScale': { dtype: 'float32', shape: [], data: Float32Array.of(dataset.inputScale) },
  }
}
