// Fronts of non-dominated points, and how alone a point is in its front: Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm:
// NSGA-II", sections III.A and III.B. Smaller is better.

type Points = readonly (readonly number[])[]

function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((x, i) => x <= (b[i] as number)) && a.some((x, i) => x < (b[i] as number))
}

/** 0 for points that no other dominates, 1 for those that only points of rank 0 dominate, and so on. */
export function dominationRanks(points: Points): number[] {
  const ranks = points.map(() => -1)
  let left = [...points.keys()]
  for (let rank = 0; left.length > 0; rank++) {
    const front = left.filter((i) => !left.some((j) => dominates(points[j] as number[], points[i] as number[])))
    for (const i of front) ranks[i] = rank
    left = left.filter((i) => ranks[i] === -1)
  }
  return ranks
}

/** The sum over objectives of the distance between the two neighbours in the point's front, in units of the front's extent; infinite at its ends. */
export function crowdingDistances(points: Points, ranks: readonly number[]): number[] {
  const distances = points.map(() => 0)
  for (const rank of new Set(ranks)) {
    const front = [...points.keys()].filter((i) => ranks[i] === rank)
    for (const objective of points[0]?.keys() ?? []) {
      const at = (i: number | undefined) => points[i as number]?.[objective] as number
      const sorted = front.toSorted((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0))
      const extent = at(sorted.at(-1)) - at(sorted[0])
      sorted.forEach((i, place) => {
        const inner = place > 0 && place < sorted.length - 1
        const gap = inner ? (at(sorted[place + 1]) - at(sorted[place - 1])) / extent : Number.POSITIVE_INFINITY
        distances[i] = (distances[i] as number) + (Number.isNaN(gap) ? 0 : gap)
      })
    }
  }
  return distances
}
