// Branches of a search space: choices on which it depends whether a trial has some other parameter.

import type { RandomStream } from '@gradwerk/core'
import type { Axis } from './coordinates.ts'

type Points = readonly (readonly number[])[]

const has = (point: readonly number[], axis: number): boolean => !Number.isNaN(point[axis])

/** Whether the choice on `axis` tells which points have a coordinate on the axis `other` and which have none. */
function decides(points: Points, axis: number, other: number): boolean {
  const found = new Map<number, boolean>()
  for (const point of points) {
    const choice = point[axis] as number
    if (found.has(choice) && found.get(choice) !== has(point, other)) return false
    found.set(choice, has(point, other))
  }
  return true
}

/** The axes of categories that decide whether there is some other parameter. */
export function branchingAxes(axes: readonly Axis[], points: Points): number[] {
  const conditional = [...axes.keys()].filter(
    (axis) => points.some((point) => has(point, axis)) && !points.every((point) => has(point, axis)),
  )
  return [...axes.keys()].filter((axis) => {
    const { choices = 0 } = axes[axis] ?? {}
    return choices > 1 && conditional.some((other) => other !== axis && decides(points, axis, other))
  })
}

/**
 * Now and then, another branch than that of the best trial: an axis and a choice. A branch with parameters of its own cannot show what it is worth
 * before they are tuned, so it gets some trials in any case: of n trials about 8 log n.
 *
 * @param points finished trials, the best one first
 */
export function otherBranch(
  axes: readonly Axis[],
  points: Points,
  given: readonly number[],
  random: RandomStream,
): { readonly axis: number; readonly choice: number } | undefined {
  const branching = branchingAxes(axes, points).filter((axis) => !has(given, axis))
  if (branching.length === 0 || random.uniform() >= Math.min(0.5, 8 / points.length)) return undefined
  const axis = branching[random.integer(branching.length)] as number
  const { choices } = axes[axis] as Axis
  const best = points[0]?.[axis] as number
  const choice = random.integer(Number.isNaN(best) ? choices : choices - 1)
  return { axis, choice: choice >= best ? choice + 1 : choice }
}
