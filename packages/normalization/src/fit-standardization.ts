// Means and deviations of a data set, for the layer that standardizes inputs.

import {
  DataError,
  type Dataset,
  formatShape,
  numbers as numbersOf,
  parseOptions,
  type Shape,
  sizeOf,
} from '@gradwerk/core'
import { z } from 'zod'
import type { StandardizationUnit, StandardizeOptions } from './standardize.ts'

export interface FitStandardizationOptions {
  /** Which numbers of a sample share a mean and a deviation. Default `feature`: none do. */
  readonly per?: StandardizationUnit
}

const schema = z.strictObject({
  per: z.enum(['all', 'channel', 'feature']).default('feature').meta({
    description: 'which numbers of a sample share a mean and a deviation',
  }),
})

/** Which mean belongs to each element of a sample, and how many there are. */
function unitsOf(sample: Shape, per: StandardizationUnit): { readonly count: number; unitOf(element: number): number } {
  const size = sizeOf(sample)
  if (per === 'all') return { count: 1, unitOf: () => 0 }
  if (per === 'feature') return { count: size, unitOf: (element) => element }
  const channels = sample[0] ?? 1
  return { count: channels, unitOf: (element) => Math.floor((element * channels) / size) }
}

type Units = ReturnType<typeof unitsOf>

/** Σ f(x, unit) over all numbers of the rows, for each unit. */
function totals(dataset: Dataset, { count, unitOf }: Units, f: (x: number, unit: number) => number): Float64Array {
  const { inputs, indices } = dataset
  const size = sizeOf(inputs.shape.slice(1))
  const data = numbersOf(inputs)
  const units = Int32Array.from({ length: size }, (_, element) => unitOf(element))
  const sums = new Float64Array(count)
  for (const row of indices)
    for (let element = 0; element < size; element++) {
      const unit = units[element] as number
      sums[unit] = (sums[unit] as number) + f(data[row * size + element] as number, unit)
    }
  return sums
}

/** The first number of each unit. */
function firstOf({ inputs, indices }: Dataset, { count, unitOf }: Units): Float64Array {
  const size = sizeOf(inputs.shape.slice(1))
  const start = (indices[0] as number) * size
  const first = new Float64Array(count)
  for (let element = size - 1; element >= 0; element--) first[unitOf(element)] = Number(inputs.data[start + element])
  return first
}

/**
 * Mean and deviation of the inputs of a data set, for `standardize`: over all numbers, for each channel, or for each feature. Inputs count as
 * networks see them, multiplied with the data set's `inputScale`. The deviation is the biased one, √(Σ (x − mean)² / n), as in scikit-learn;
 * for a feature that is constant it is exactly 0, and `standardize` then divides by nothing.
 *
 * Double precision in two passes: differences to a number of the data are summed first, so that large means cost no accuracy, then
 * squared differences to the mean, less what is left of their sum (Chan, Golub & LeVeque 1983, equation 1.7).
 *
 * Fit on training data alone: what is held out must not decide how it is looked at. A split shares the arrays of its data set and
 * differs in `indices`, and only those rows are looked at; so split first, fit on `train`, and hand `validation` to the trainer.
 *
 * @throws DataError for a data set without samples or with numbers that are not finite; OptionError for an option outside its domain
 * @example
 * ```ts
 * const { train, validation } = stratifiedSplit(dataset, 0.15, 1)
 * const model = sequential([standardize(fitStandardization(train)), flatten(), dense(10)])
 * await new Trainer({ model, … }).fit(train, { validation, epochs: 10 })
 * ```
 */
export function fitStandardization(
  dataset: Dataset,
  options: FitStandardizationOptions = {},
): Required<StandardizeOptions> {
  const { inputs, indices, inputScale, name } = dataset
  const sample = inputs.shape.slice(1)
  const who = 'fitStandardization'
  const { per } = parseOptions(who, schema, options)
  if (indices.length === 0 || sizeOf(sample) === 0)
    throw new DataError({
      who,
      problem: `'${name}' has nothing to average`,
      expected: 'at least one sample',
      got: `${indices.length} samples of ${formatShape(sample)}`,
    })
  const units = unitsOf(sample, per)
  const count = (indices.length * sizeOf(sample)) / units.count
  const first = firstOf(dataset, units)
  const mean = totals(dataset, units, (x, unit) => x - (first[unit] as number)).map(
    (sum, unit) => (first[unit] as number) + sum / count,
  )
  const left = totals(dataset, units, (x, unit) => x - (mean[unit] as number))
  const squares = totals(dataset, units, (x, unit) => (x - (mean[unit] as number)) ** 2)
  const deviation = squares.map((sum, unit) =>
    Math.sqrt(Math.max(sum - (left[unit] as number) ** 2 / count, 0) / count),
  )
  const scaled = (numbers: Float64Array) => Array.from(numbers, (number) => number * inputScale)
  const [means, deviations] = [scaled(mean), scaled(deviation)]
  const wrong = [...means, ...deviations].findIndex((number) => !Number.isFinite(number))
  if (wrong >= 0)
    throw new DataError({ who, problem: `'${name}' holds numbers that are not finite`, expected: 'finite numbers' })
  return per === 'all'
    ? { per, mean: means[0] as number, deviation: deviations[0] as number }
    : { per, mean: means, deviation: deviations }
}
