// Trials as points of the unit cube, which is where kernels live.

import type { Distribution, SearchSpace } from '@gradwerk/core'
import { choiceKey } from '../../space/distribution.ts'
import { fromUnit, innerBounds, toUnit } from '../../space/unit.ts'

/** One axis of the cube: a range scaled to [0, 1], or the index of a choice. */
export interface Axis {
  readonly name: string
  /** The number of choices; 0 for a range. */
  readonly choices: number
  /** Whether a range has steps: then its values are cells of some width. */
  readonly discrete: boolean
  /** Where a value lies; a number outside of the range at its end, NaN for what has no place. */
  toCoordinate(value: unknown): number
  /** The value at a coordinate. */
  fromCoordinate(coordinate: number): unknown
  /** Of a range with steps, the number of the cell at a coordinate. */
  cellOf(coordinate: number): number
  /** The ends of a cell. */
  cell(index: number): readonly [number, number]
}

type Range = Exclude<Distribution, { type: 'categorical' }>

function choiceAxis(name: string, choices: readonly unknown[]): Axis {
  const indices = new Map(choices.map((choice, index) => [choiceKey(choice), index]))
  return {
    name,
    choices: choices.length,
    discrete: false,
    toCoordinate: (value) => indices.get(choiceKey(value)) ?? Number.NaN,
    fromCoordinate: (index) => choices[index],
    cellOf: (index) => index,
    cell: (index) => [index, index],
  }
}

function rangeAxis(name: string, range: Range): Axis {
  const { type, low, high, log = false, step = type === 'int' ? 1 : 0 } = range
  const last = step === 0 ? 0 : Math.floor((high - low) / step + 1e-9)
  const [from, to] = innerBounds(range)
  const place = (value: number): number => Math.min(1, Math.max(0, toUnit(range, value)))
  return {
    name,
    choices: 0,
    discrete: step > 0,
    toCoordinate: (value) => (typeof value !== 'number' ? Number.NaN : place(Math.min(high, Math.max(low, value)))),
    fromCoordinate: (coordinate) => fromUnit(range, coordinate),
    cellOf(coordinate) {
      const inner = from + coordinate * (to - from)
      return Math.min(last, Math.max(0, Math.round(((log ? Math.exp(inner) : inner) - low) / step)))
    },
    // A range of one value is one cell.
    cell: (index) => (last === 0 ? [0, 1] : [place(low + step * (index - 0.5)), place(low + step * (index + 0.5))]),
  }
}

export function axesOf(space: SearchSpace): Axis[] {
  return Object.entries(space).map(([name, distribution]) =>
    distribution.type === 'categorical' ? choiceAxis(name, distribution.choices) : rangeAxis(name, distribution),
  )
}

/** Whether any axis has a value among the parameters. */
export function touches(axes: readonly Axis[], parameters: Readonly<Record<string, unknown>>): boolean {
  return axes.some(({ name }) => Object.hasOwn(parameters, name))
}

/** The point of a trial's parameters; NaN where it has no such parameter. */
export function pointOf(axes: readonly Axis[], parameters: Readonly<Record<string, unknown>>): number[] {
  return axes.map((axis) =>
    Object.hasOwn(parameters, axis.name) ? axis.toCoordinate(parameters[axis.name]) : Number.NaN,
  )
}
