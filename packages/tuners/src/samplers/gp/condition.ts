// When a conditional parameter exists: learnt from trials, because a search space only says that it does sometimes.

import { type Axis, isChoice } from './axis.ts'

/** Whether the parameter exists at places where its parents are known. */
export type Condition = (places: Float64Array) => boolean

interface Rule {
  readonly errors: number
  readonly condition: Condition
}

interface Tally {
  present: number
  absent: number
}

const tally = (): Tally => ({ present: 0, absent: 0 })
const errorsOf = ({ present, absent }: Tally): number => Math.min(present, absent)
const decides = ({ present, absent }: Tally): boolean => present > 0 && present >= absent

/** One decision for each choice; one more for trials without the parent. */
function byChoice(child: number, parent: number, trials: readonly Float64Array[]): Rule {
  const tallies = new Map<number, Tally>()
  for (const places of trials) {
    const choice = places[parent] as number
    const counted = tallies.get(choice) ?? tally()
    tallies.set(choice, counted)
    counted[Number.isNaN(places[child]) ? 'absent' : 'present']++
  }
  return {
    errors: [...tallies.values()].reduce((errors, counted) => errors + errorsOf(counted), 0),
    condition: (places) => decides(tallies.get(places[parent] as number) ?? tally()),
  }
}

/** One decision below a threshold, another above. */
function byThreshold(child: number, parent: number, trials: readonly Float64Array[]): Rule {
  const without = tally()
  const below = tally()
  const above = tally()
  const sorted = trials.filter((places) => {
    const absent = Number.isNaN(places[parent])
    const counted = absent ? without : above
    counted[Number.isNaN(places[child]) ? 'absent' : 'present']++
    return !absent
  })
  sorted.sort((a, b) => (a[parent] as number) - (b[parent] as number))
  let best = { errors: errorsOf(above), threshold: -1, below: { ...below }, above: { ...above } }
  sorted.forEach((places, i) => {
    const side = Number.isNaN(places[child]) ? 'absent' : 'present'
    below[side]++
    above[side]--
    const here = places[parent] as number
    const next = sorted[i + 1]?.[parent]
    const errors = errorsOf(below) + errorsOf(above)
    if (next !== undefined && next > here && errors < best.errors)
      best = { errors, threshold: (here + next) / 2, below: { ...below }, above: { ...above } }
  })
  return {
    errors: best.errors + errorsOf(without),
    condition: (places) => {
      const place = places[parent] as number
      return decides(Number.isNaN(place) ? without : place < best.threshold ? best.below : best.above)
    },
  }
}

/**
 * For each parameter that some trials have and some have not, the one-parent rule that is wrong for the fewest trials: a set of choices or a
 * side of a threshold. Parents stand before their children, as in the order of asking; undefined for parameters that are always there.
 */
export function conditionsOf(
  axes: readonly Axis[],
  trials: readonly Float64Array[],
): readonly (Condition | undefined)[] {
  return axes.map((_, child) => {
    if (!trials.some((places) => Number.isNaN(places[child]))) return undefined
    const all = trials.reduce((counted, places) => {
      counted[Number.isNaN(places[child]) ? 'absent' : 'present']++
      return counted
    }, tally())
    let best: Rule = { errors: errorsOf(all), condition: () => decides(all) }
    for (let parent = 0; parent < child; parent++) {
      const rule = (isChoice(axes[parent] as Axis) ? byChoice : byThreshold)(child, parent, trials)
      if (rule.errors < best.errors) best = rule
    }
    return best.condition
  })
}
