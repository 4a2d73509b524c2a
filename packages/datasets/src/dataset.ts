// Datasets from arrays, and views of them that share the arrays.

import { DataError, type Dataset, formatShape, numbers, OptionError, parseOptions, type Value } from '@gradwerk/core'
import { z } from 'zod'

/** What `arrayDataset` takes. */
export interface ArrayDatasetOptions {
  /** [samples, …features], float32 or uint8. */
  readonly inputs: Value
  /** Class indices [samples] (uint8 or int32), or float32 [samples, …]. */
  readonly targets: Value
  /** For reports. Default `'data'`. */
  readonly name?: string
  /** False for made-up data. Default true. */
  readonly real?: boolean
  /** The number of classes, from 1; needed for class indices. */
  readonly classes?: number
  /** What inputs are multiplied with when they are gathered, not 0. Default 1/255 for uint8, 1 for float32. */
  readonly inputScale?: number
}

const valueSchema = z.custom<Value>((x) => typeof x === 'object' && x !== null && 'shape' in x && 'data' in x, {
  error: 'a value, as of valueOf(…)',
})

const optionsSchema = z.strictObject({
  inputs: valueSchema.meta({ description: '[samples, …features], float32 or uint8' }),
  targets: valueSchema.meta({ description: 'class indices [samples] (uint8 or int32), or float32 [samples, …]' }),
  name: z.string().min(1).default('data').meta({ description: 'name for reports' }),
  real: z.boolean().default(true).meta({ description: 'false for made-up data' }),
  classes: z.int().min(1).optional().meta({ description: 'the number of classes; needed for class indices' }),
  inputScale: z
    .number()
    .refine((scale) => scale !== 0, 'a number other than 0')
    .optional()
    .meta({
      description:
        'what inputs are multiplied with when they are gathered; 1/255 for uint8 and 1 for float32 unless given',
    }),
})

const who = 'arrayDataset'

/**
 * A dataset of arrays, which are not copied.
 *
 * Shapes: inputs [samples, …features], targets [samples] or [samples, …].
 *
 * @throws DataError for no samples, different numbers of inputs and targets, an element type that cannot be trained on, or a label
 * outside [0, classes); OptionError for class indices without `classes`.
 * @example
 * const xor = arrayDataset({
 *   inputs: valueOf('float32', [4, 2], [0, 0, 0, 1, 1, 0, 1, 1]),
 *   targets: valueOf('uint8', [4], [0, 1, 1, 0]),
 *   classes: 2,
 * })
 */
export function arrayDataset(options: ArrayDatasetOptions): Dataset {
  const { inputs, targets, name, real, classes, inputScale } = parseOptions(who, optionsSchema, options)
  const samples = inputs.shape[0] ?? 0
  if (inputs.dtype !== 'float32' && inputs.dtype !== 'uint8')
    throw new DataError({
      who,
      problem: `the inputs of '${name}' cannot be trained on`,
      expected: 'float32 or uint8',
      got: inputs.dtype,
    })
  if (inputs.data.length === 0)
    throw new DataError({
      who,
      problem: `'${name}' has no samples`,
      expected: 'inputs [samples, …]',
      got: formatShape(inputs.shape),
    })
  if (targets.shape[0] !== samples)
    throw new DataError({
      who,
      problem: `inputs and targets of '${name}' do not belong together`,
      expected: `${samples} targets, one per row of the inputs`,
      got: formatShape(targets.shape),
    })
  if (targets.dtype !== 'float32') checkLabels(name, targets, classes)
  return {
    name,
    real,
    inputs,
    targets,
    indices: Int32Array.from({ length: samples }, (_, row) => row),
    ...(classes === undefined ? {} : { classes }),
    inputScale: inputScale ?? (inputs.dtype === 'uint8' ? 1 / 255 : 1),
  }
}

function checkLabels(name: string, targets: Value, classes: number | undefined): void {
  if ((targets.dtype !== 'uint8' && targets.dtype !== 'int32') || targets.shape.length !== 1)
    throw new DataError({
      who,
      problem: `the targets of '${name}' are neither classes nor numbers`,
      expected: 'uint8 or int32 [samples], or float32 [samples, …]',
      got: `${targets.dtype} ${formatShape(targets.shape)}`,
    })
  if (classes === undefined)
    throw new OptionError({
      who,
      problem: `the targets of '${name}' are class indices`,
      expected: "the option 'classes'",
      got: 'none',
    })
  const row = numbers(targets).findIndex((label) => label < 0 || label >= classes)
  if (row !== -1)
    throw new DataError({
      who,
      problem: `a label of '${name}' is out of range`,
      expected: `a class from 0 to ${classes - 1}`,
      got: `${targets.data[row]} in row ${row}`,
    })
}

/**
 * Some samples of a dataset, in the order given; a sample may come more than once. Positions count in the dataset, from 0: those of
 * a subset are not rows of its arrays. Throws a DataError for none, and for a position that does not exist.
 *
 * @example
 * const firstAndLast = subset(train, [0, train.indices.length - 1])
 */
export function subset(dataset: Dataset, positions: ArrayLike<number>): Dataset {
  const { name, indices } = dataset
  if (positions.length === 0)
    throw new DataError({
      who: 'subset',
      problem: `nothing of '${name}' was chosen`,
      expected: 'at least 1 position',
      got: 'none',
    })
  const chosen = Int32Array.from(positions, (position) => {
    const row = indices[position]
    if (row === undefined)
      throw new DataError({
        who: 'subset',
        problem: `'${name}' has no such sample`,
        expected: `a position from 0 to ${indices.length - 1}`,
        got: String(position),
      })
    return row
  })
  return { ...dataset, indices: chosen }
}

/** The first `count` samples of a dataset. Throws a DataError if there are fewer, or for a count below 1. */
export function take(dataset: Dataset, count: number): Dataset {
  const { length } = dataset.indices
  if (!Number.isSafeInteger(count) || count < 1 || count > length)
    throw new DataError({
      who: 'take',
      problem: `cannot take that many samples of '${dataset.name}'`,
      expected: `a whole number from 1 to ${length}`,
      got: String(count),
    })
  return { ...dataset, indices: dataset.indices.subarray(0, count) }
}

/** How many samples of each class a dataset has: [classes]. Throws a DataError where targets are not class indices. */
export function classCounts({ name, indices, targets, classes }: Dataset): number[] {
  if (classes === undefined || targets.dtype === 'float32')
    throw new DataError({
      who: 'classCounts',
      problem: `'${name}' has no classes`,
      expected: 'class indices as targets',
      got: targets.dtype,
    })
  const counts = new Array<number>(classes).fill(0)
  for (const row of indices) {
    const label = Number(targets.data[row])
    counts[label] = (counts[label] ?? 0) + 1
  }
  return counts
}
