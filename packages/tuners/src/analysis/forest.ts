// Random forests of regression trees over the unit cube: Breiman 2001. Of a tree only the leaves are kept, as boxes.

import type { RandomStream } from '@gradwerk/core'
import type { Axis } from '../samplers/tpe/coordinates.ts'

export type Interval = readonly [low: number, high: number]

/** A part of the cube in which a tree predicts one value. */
export interface Leaf {
  readonly value: number
  /** What it covers along each axis: one interval of a range; of a category an interval [c/k, (c + 1)/k] for each of its choices c. */
  readonly sides: readonly (readonly Interval[])[]
}

export interface Sample {
  /** One coordinate for each axis: a place in [0, 1], or the index of a choice. */
  readonly point: readonly number[]
  readonly value: number
}

/** A way to divide a box along an axis. */
interface Split {
  readonly axis: number
  readonly gain: number
  /** Which samples go to the left. */
  readonly isLeft: (coordinate: number) => boolean
  readonly left: readonly Interval[]
  readonly right: readonly Interval[]
}

const sum = (samples: readonly Sample[]): number => samples.reduce((total, { value }) => total + value, 0)

/** Groups of samples that a split must not tear apart, and where each may be cut off from the next. */
interface Groups {
  readonly counts: readonly number[]
  readonly sums: readonly number[]
}

/** The cut behind some group that leaves the least squared error, and how much it takes away. */
function bestCut({ counts, sums }: Groups): { readonly after: number; readonly gain: number } | undefined {
  const [n, total] = [counts.reduce((a, b) => a + b, 0), sums.reduce((a, b) => a + b, 0)]
  let best: { after: number; gain: number } | undefined
  let [count, part] = [0, 0]
  for (let after = 0; after < counts.length - 1; after++) {
    count += counts[after] as number
    part += sums[after] as number
    const gain = part ** 2 / count + (total - part) ** 2 / (n - count) - total ** 2 / n
    if (best === undefined || gain > best.gain) best = { after, gain }
  }
  return best
}

/** Samples by coordinate, in ascending order of the coordinate. */
function grouped(samples: readonly Sample[], axis: number): Groups & { readonly at: readonly number[] } {
  const sorted = samples.toSorted((a, b) => (a.point[axis] as number) - (b.point[axis] as number))
  const at: number[] = []
  const counts: number[] = []
  const sums: number[] = []
  for (const { point, value } of sorted) {
    if (point[axis] !== at.at(-1)) {
      at.push(point[axis] as number)
      counts.push(0)
      sums.push(0)
    }
    counts[at.length - 1] = (counts[at.length - 1] as number) + 1
    sums[at.length - 1] = (sums[at.length - 1] as number) + value
  }
  return { at, counts, sums }
}

function splitRange(samples: readonly Sample[], axis: number, side: readonly Interval[]): Split | undefined {
  const groups = grouped(samples, axis)
  const cut = bestCut(groups)
  const [interval] = side
  if (cut === undefined || interval === undefined) return undefined
  const place = ((groups.at[cut.after] as number) + (groups.at[cut.after + 1] as number)) / 2
  const isLeft = (coordinate: number) => coordinate <= place
  return { axis, gain: cut.gain, isLeft, left: [[interval[0], place]], right: [[place, interval[1]]] }
}

/** Choices in the order of their means: no division of them into two sets is better than the best cut in that order (Fisher 1958). */
function splitChoices(
  samples: readonly Sample[],
  axis: number,
  side: readonly Interval[],
  choices: number,
): Split | undefined {
  const { at, counts, sums } = grouped(samples, axis)
  const mean = (i: number) => (sums[i] as number) / (counts[i] as number)
  const order = [...at.keys()].toSorted((a, b) => mean(a) - mean(b))
  const ordered = { counts: order.map((i) => counts[i] as number), sums: order.map((i) => sums[i] as number) }
  const cut = bestCut(ordered)
  if (cut === undefined) return undefined
  const known = new Set(at)
  const low = new Set(order.slice(0, cut.after + 1).map((i) => at[i]))
  const count = ordered.counts.slice(0, cut.after + 1).reduce((a, b) => a + b, 0)
  // Choices that no sample has go with the larger part.
  const isLeft = (choice: number) => (known.has(choice) ? low.has(choice) : 2 * count >= samples.length)
  const goesLeft = ([from]: Interval) => isLeft(Math.round(from * choices))
  return { axis, gain: cut.gain, isLeft, left: side.filter(goesLeft), right: side.filter((one) => !goesLeft(one)) }
}

/** The leaves of a tree that is grown until each holds samples of one value, or of one point. */
function grow(axes: readonly Axis[], samples: readonly Sample[], sides: Leaf['sides']): Leaf[] {
  const value = sum(samples) / samples.length
  const leaf: Leaf = { value, sides }
  if (samples.every((sample) => sample.value === samples[0]?.value)) return [leaf]
  let best: Split | undefined
  for (const [a, { choices }] of axes.entries()) {
    const side = sides[a] as readonly Interval[]
    const split = choices > 0 ? splitChoices(samples, a, side, choices) : splitRange(samples, a, side)
    if (split !== undefined && (best === undefined || split.gain > best.gain)) best = split
  }
  if (best === undefined) return [leaf]
  const { axis, isLeft, left, right } = best
  const goesLeft = ({ point }: Sample) => isLeft(point[axis] as number)
  return [
    ...grow(axes, samples.filter(goesLeft), sides.with(axis, left)),
    ...grow(
      axes,
      samples.filter((sample) => !goesLeft(sample)),
      sides.with(axis, right),
    ),
  ]
}

/** Everything there is along an axis. */
function whole({ choices }: Axis): readonly Interval[] {
  const parts = Math.max(1, choices)
  return Array.from({ length: parts }, (_, c) => [c / parts, (c + 1) / parts])
}

/** Trees, each grown from as many samples as there are, drawn with replacement (bagging). */
export function forest(
  axes: readonly Axis[],
  samples: readonly Sample[],
  trees: number,
  random: RandomStream,
): Leaf[][] {
  return Array.from({ length: trees }, () => {
    const drawn = samples.map(() => samples[random.integer(samples.length)] as Sample)
    return grow(axes, drawn, axes.map(whole))
  })
}
