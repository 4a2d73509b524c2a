// Grid search: every combination once.

import { type Distribution, OptionError, parseOptions, type Sampler, type SuggestCall, show } from '@gradwerk/core'
import { z } from 'zod'
import type { Json } from '../json.ts'
import { choiceKey, contains } from '../space/distribution.ts'
import { fromUnit } from '../space/unit.ts'

const schema = z.strictObject({
  points: z
    .int()
    .min(1)
    .default(5)
    .meta({ description: 'values of a range that has no list of its own, in the middles of equally wide cells' }),
  values: z
    .record(z.string(), z.array(z.json()).min(1))
    .default({})
    .meta({ description: 'lists of values by parameter, instead of cells' }),
})

export interface GridOptions {
  /** Values of a range that has no list of its own, in the middles of equally wide cells. Default 5. */
  readonly points?: number
  /** Lists of values by parameter, instead of cells. Default none. */
  readonly values?: Readonly<Record<string, readonly Json[]>>
}

type Parsed = z.output<typeof schema>

const largest = 100_000

interface GridAxis {
  readonly name: string
  readonly values: readonly unknown[]
  /** Distance of neighbours in the table of points. */
  readonly stride: number
  readonly indices: ReadonlyMap<string, number>
}

function valuesOf(name: string, distribution: Distribution, { points, values }: Parsed): readonly unknown[] {
  const own = Object.hasOwn(values, name) ? values[name] : undefined
  if (own !== undefined) {
    const inside = own.filter((value) => contains(distribution, value))
    if (inside.length > 0) return inside
    throw new OptionError({
      who: 'grid',
      problem: `no value for '${name}' lies in its domain`,
      expected: show(distribution),
      got: show(own),
    })
  }
  if (distribution.type === 'categorical') return distribution.choices
  return Array.from({ length: points }, (_, i) => fromUnit(distribution, (i + 0.5) / points))
}

function axesOf({ space }: SuggestCall, options: Parsed): { axes: GridAxis[]; size: number } {
  let size = 1
  const axes = Object.entries(space).map(([name, distribution]) => {
    const byKey = new Map(valuesOf(name, distribution, options).map((value) => [choiceKey(value), value]))
    const stride = size
    size *= byKey.size
    const indices = new Map([...byKey.keys()].map((key, index) => [key, index]))
    return { name, values: [...byKey.values()], stride, indices }
  })
  if (size > largest)
    throw new OptionError({
      who: 'grid',
      problem: 'too many combinations',
      expected: `at most ${largest}`,
      got: String(size),
      hint: 'fewer points, or random()',
    })
  return { axes, size }
}

/** The points that agree with a trial: one, or several where it has no such parameter; none where it left the grid. */
function agreeing(axes: readonly GridAxis[], parameters: Readonly<Record<string, unknown>>): number[] {
  let points = [0]
  for (const { name, values, stride, indices } of axes) {
    const own = Object.hasOwn(parameters, name) ? [indices.get(choiceKey(parameters[name]))] : values.keys()
    points = [...own].flatMap((index) => (index === undefined ? [] : points.map((point) => point + index * stride)))
  }
  return points
}

/** How often each point was taken by trials that agree with what this trial has already. */
function uses(call: SuggestCall, axes: readonly GridAxis[], size: number): Uint32Array {
  const counts = new Uint32Array(size)
  const given = Object.entries(call.trial.parameters).filter(([name]) => !Object.hasOwn(call.space, name))
  for (const { number, parameters } of call.study.trials) {
    if (number === call.trial.number || !axes.some(({ name }) => Object.hasOwn(parameters, name))) continue
    if (
      given.some(([name, value]) => Object.hasOwn(parameters, name) && choiceKey(parameters[name]) !== choiceKey(value))
    )
      continue
    for (const point of agreeing(axes, parameters)) counts[point] = (counts[point] as number) + 1
  }
  return counts
}

/**
 * Grid search: every combination of values once, in an order that follows from the seed.
 *
 * A category has all its choices, a range the values in `values`, or else `points` cells of equal width on its scale, of which the middles are taken
 * (fewer where whole numbers or steps coincide). 5 parameters at 5 points are 3125 combinations: random search needs far fewer
 * trials where only some parameters matter (Bergstra & Bengio 2012).
 *
 * Which combinations are taken follows from the parameters of the trials, those still running as well. A parameter that a trial did not ask for does not
 * tell combinations apart, so a conditional parameter is not gone through where it means nothing. **After the last combination it begins again**:
 * it always draws from the combinations that were taken least often.
 *
 * @throws OptionError for more than 100,000 combinations, or a list without a value in the parameter's domain.
 *
 * @example
 * ```ts
 * const study = createStudy({ sampler: grid({ points: 4, values: { learningRate: [1e-3, 1e-2, 1e-1] } }) })
 * ```
 */
export function grid(options: GridOptions = {}): Sampler {
  const parsed = parseOptions('grid', schema, options)
  return {
    kind: 'sampler',
    name: 'grid',
    options: parsed,
    suggest(call) {
      const { axes, size } = axesOf(call, parsed)
      const counts = uses(call, axes, size)
      const fewest = counts.reduce((a, b) => Math.min(a, b))
      const free = [...counts.keys()].filter((point) => counts[point] === fewest)
      const point = free[call.random.integer(free.length)] as number
      return Object.fromEntries(
        axes.map(({ name, values, stride }) => [name, values[Math.floor(point / stride) % values.length]]),
      )
    },
  }
}
