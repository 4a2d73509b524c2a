// What has to hold for a dataset before anything is computed with it.

import {
  DataError,
  type Dataset,
  dataConstructors,
  formatShape,
  isFloat,
  type Shape,
  show,
  sizeOf,
  type Value,
} from '@gradwerk/core'

/** The name of what something was made by, for messages: `Array`, `Float32Array`. */
function kindOf(x: unknown): string {
  return typeof x === 'object' && x !== null ? (x.constructor?.name ?? 'an object') : show(x)
}

/** Throws a DataError unless a value is numbers of its type that fill its shape. */
function checkValue(who: string, what: string, given: Value): void {
  if (typeof given !== 'object' || given === null || !Array.isArray(given.shape))
    throw new DataError({
      who,
      problem: `${what} are no value`,
      expected: '{ dtype, shape, data }',
      got: kindOf(given),
    })
  const { dtype, shape, data } = given
  const constructor = Object.hasOwn(dataConstructors, dtype) ? dataConstructors[dtype] : undefined
  if (constructor === undefined)
    throw new DataError({
      who,
      problem: `${what} have an unknown element type`,
      expected: `one of ${Object.keys(dataConstructors).join(', ')}`,
      got: show(dtype),
    })
  if (!(data instanceof constructor))
    throw new DataError({
      who,
      problem: `the data of ${what} is not of its element type`,
      expected: `a ${constructor.name} for ${dtype}`,
      got: kindOf(data),
      hint: `valueOf('${dtype}', shape, numbers)`,
    })
  if (data.length !== sizeOf(shape, what))
    throw new DataError({
      who,
      problem: `the data of ${what} does not fill its shape ${formatShape(shape)}`,
      expected: `${sizeOf(shape)} elements`,
      got: String(data.length),
    })
}

/** Throws a DataError that names the first input of a sample in use that is not finite. */
function checkFinite(who: string, { name, inputs, indices }: Dataset): void {
  if (!isFloat(inputs.dtype)) return
  const size = sizeOf(inputs.shape.slice(1))
  const data = inputs.data as Float32Array
  for (const row of indices)
    for (let i = row * size; i < (row + 1) * size; i++)
      // Only numbers that are not finite have another difference from themselves than 0.
      if ((data[i] as number) - (data[i] as number) !== 0)
        throw new DataError({
          who,
          problem: `an input of '${name}' is not a finite number: row ${row}, feature ${featureAt(i - row * size, inputs.shape.slice(1))}`,
          expected: 'finite inputs',
          got: String(data[i]),
          hint: 'filling gaps in, or leaving such rows out',
        })
}

/** A position inside a sample by its axes: `[3, 5]`, or `7` where there is one axis. */
function featureAt(position: number, shape: Shape): string {
  let left = position
  const at = shape.toReversed().map((length) => {
    const index = left % length
    left = (left - index) / length
    return index
  })
  return at.length === 1 ? String(at[0]) : formatShape(at.toReversed())
}

/**
 * Throws a DataError for what is no dataset: without samples, with arrays that do not fit their types, with rows that do not exist, or
 * with inputs that are not finite.
 */
export function checkDataset(who: string, dataset: Dataset): void {
  if (typeof dataset !== 'object' || dataset === null)
    throw new DataError({ who, problem: 'there is no dataset', expected: 'a dataset', got: show(dataset) })
  const { name, inputs, targets, indices, inputScale } = dataset
  checkValue(who, `the inputs of '${name}'`, inputs)
  checkValue(who, `the targets of '${name}'`, targets)
  if (!(indices instanceof Int32Array))
    throw new DataError({
      who,
      problem: `the indices of '${name}' are no rows`,
      expected: 'an Int32Array',
      got: kindOf(indices),
    })
  if (!Number.isFinite(inputScale))
    throw new DataError({
      who,
      problem: `the inputScale of '${name}' is not a finite number`,
      expected: 'a number such as 1',
      got: show(inputScale),
    })
  if (indices.length === 0)
    throw new DataError({ who, problem: `the dataset '${name}' is empty`, expected: 'at least one sample' })
  const rows = inputs.shape[0] ?? 0
  if (targets.shape[0] !== rows)
    throw new DataError({
      who,
      problem: `'${name}' has not one target for each input`,
      expected: `${rows} targets`,
      got: formatShape(targets.shape),
    })
  const outside = indices.find((row) => row < 0 || row >= rows)
  if (outside !== undefined)
    throw new DataError({
      who,
      problem: `'${name}' has no such row`,
      expected: `rows from 0 to ${rows - 1}`,
      got: String(outside),
    })
  checkFinite(who, dataset)
}
