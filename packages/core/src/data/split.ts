// Holding samples back: splits in which every class has its share, drawn from a key, without copying data.

import type { Dataset } from '../contracts/dataset.ts'
import { DataError, OptionError } from '../errors.ts'
import { fold, keyOf } from '../random/key.ts'
import { randomStream } from '../random/stream.ts'
import type { Key } from '../random/threefry.ts'

/** The two parts of a dataset, both views of its arrays, both in its order. */
export interface Split {
  readonly train: Dataset
  readonly validation: Dataset
}

/**
 * Splits a dataset so that both parts have the classes in the dataset's proportions (at random where targets are not classes).
 * `held` is the size of the validation part: a fraction between 0 and 1, or a whole number of samples from 1. Counts are exact:
 * per class rounded by largest remainders, and where it can be, both parts have at least one sample of every class.
 * The same seed or key gives the same split. Throws an OptionError when `held` leaves one part without samples.
 */
export function stratifiedSplit(dataset: Dataset, held: number, seed: number | Key): Split {
  const total = dataset.indices.length
  const count = Number.isInteger(held) ? held : Math.round(held * total)
  if (!(held > 0 && count >= 1 && count < total))
    throw new OptionError({
      who: 'stratifiedSplit',
      problem: 'one part of the split would be empty',
      expected: `a fraction between 0 and 1, or a whole number from 1 to ${total - 1}`,
      got: String(held),
    })
  const isHeld = choose(dataset, count, seed)
  return {
    train: { ...dataset, indices: dataset.indices.filter((_, position) => isHeld[position] === 0) },
    validation: { ...dataset, indices: dataset.indices.filter((_, position) => isHeld[position] === 1) },
  }
}

/** `count` samples of a dataset with the classes in its proportions, drawn as in `stratifiedSplit`. Throws a DataError if there are fewer. */
export function stratifiedTake(dataset: Dataset, count: number, seed: number | Key): Dataset {
  const total = dataset.indices.length
  if (!Number.isSafeInteger(count) || count < 1 || count > total)
    throw new DataError({
      who: 'stratifiedTake',
      problem: `cannot take that many samples of '${dataset.name}'`,
      expected: `a whole number from 1 to ${total}`,
      got: String(count),
    })
  const chosen = choose(dataset, count, seed)
  return { ...dataset, indices: dataset.indices.filter((_, position) => chosen[position] === 1) }
}

/** Marks `count` positions with 1. */
function choose(dataset: Dataset, count: number, seed: number | Key): Uint8Array {
  const key = fold(typeof seed === 'number' ? keyOf(seed) : seed, 'stratified')
  const groups = positionsByClass(dataset)
  const shares = apportion(
    groups.map((group) => group.length),
    count,
  )
  const chosen = new Uint8Array(dataset.indices.length)
  groups.forEach((group, index) => {
    const shuffled = randomStream(fold(key, index)).shuffle(group)
    for (const position of shuffled.slice(0, shares[index])) chosen[position] = 1
  })
  return chosen
}

function positionsByClass({ name, indices, targets, classes }: Dataset): number[][] {
  const { data } = targets
  if (classes === undefined || (targets.dtype !== 'uint8' && targets.dtype !== 'int32'))
    return [Array.from(indices.keys())]
  const groups = Array.from({ length: classes }, (): number[] => [])
  indices.forEach((row, position) => {
    const group = groups[Number(data[row])]
    if (group === undefined)
      throw new DataError({
        who: 'stratifiedSplit',
        problem: `a label of '${name}' is out of range`,
        expected: `a class from 0 to ${classes - 1}`,
        got: `${data[row]} in row ${row}`,
      })
    group.push(position)
  })
  return groups
}

/**
 * Divides `count` among groups in proportion to their sizes: whole numbers, exactly `count` together, by the method of largest
 * remainders (Hamilton). A group of two or more gets at least 1 and keeps at least 1, unless the count makes that impossible.
 *
 * @internal
 */
export function apportion(sizes: readonly number[], count: number): number[] {
  const total = sum(sizes)
  const quotas = sizes.map((size) => (total === 0 ? 0 : (count * size) / total))
  const least = sizes.map((size) => (size >= 2 ? 1 : 0))
  const most = sizes.map((size) => (size >= 2 ? size - 1 : size))
  const lower = sum(least) <= count ? least : sizes.map(() => 0)
  const upper = sum(most) >= count ? most : sizes
  const shares = quotas.map((quota, i) => Math.min(Math.max(Math.floor(quota), lower[i] ?? 0), upper[i] ?? 0))
  const deficit = (i: number): number => (quotas[i] ?? 0) - (shares[i] ?? 0)
  const groups = sizes.map((_, i) => i)
  for (let left = count - sum(shares); left !== 0; left -= Math.sign(left)) {
    const open = groups.filter((i) =>
      left > 0 ? (shares[i] ?? 0) < (upper[i] ?? 0) : (shares[i] ?? 0) > (lower[i] ?? 0),
    )
    const first = open.reduce((best, i) => ((deficit(i) - deficit(best)) * left > 0 ? i : best), open[0] ?? 0)
    shares[first] = (shares[first] ?? 0) + Math.sign(left)
  }
  return shares
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
