// Data for plots of values over parameters: slices, contours and parallel coordinates.

import { type Distribution, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { forestOf } from '../analysis/importance.ts'
import { marginal, valueAt } from '../analysis/marginal.ts'
import {
  type AnalyzedStudy,
  domainOf,
  has,
  observationsOf,
  observe,
  parametersOf,
  type Target,
  targetSchema,
} from '../analysis/observed.ts'
import { type Axis, axesOf } from '../samplers/tpe/coordinates.ts'

export interface PlotOptions {
  /** The value for one of several directions, or any number made of a trial. Default 0, the first value. */
  readonly target?: Target
  /** Parameters to show. Default: all that any complete trial has. */
  readonly parameters?: readonly string[]
}

const plotSchema = z.strictObject({
  target: targetSchema,
  parameters: z.array(z.string()).min(1).optional().meta({
    description: 'parameters to show; all that any complete trial has unless given',
  }),
})

/** A parameter as an axis of a plot; its domain tells the scale. Where it changed within the study, one that holds all it was. */
export interface PlotAxis {
  readonly parameter: string
  readonly domain: Distribution
}

export interface Slice extends PlotAxis {
  /** Complete trials that have the parameter: its value, and the target's. */
  readonly points: readonly { readonly trial: number; readonly at: unknown; readonly value: number }[]
}

/**
 * For each parameter, what values it had and what came of them.
 *
 * Options: `target` (default 0), `parameters` (default: all). Throws a StudyError for a parameter that no complete trial has, an OptionError for a direction
 * that does not exist.
 */
export function slices(study: AnalyzedStudy, options: PlotOptions = {}): readonly Slice[] {
  const { target, parameters } = parseOptions('slices', plotSchema, options)
  const all = observationsOf(study, target)
  return parametersOf(study, all, parameters).map((parameter) => ({
    parameter,
    domain: domainOf(all, parameter),
    points: all
      .filter((one) => has(one, parameter))
      .map(({ trial, value }) => ({ trial: trial.number, at: trial.parameters[parameter], value })),
  }))
}

/** A place in [0, 1] along an axis: a choice in the middle of its part. */
function placeOn({ choices, toCoordinate }: Axis, value: unknown): number {
  const coordinate = toCoordinate(value)
  return choices > 0 ? (coordinate + 0.5) / choices : coordinate
}

export interface ParallelCoordinates {
  readonly axes: readonly PlotAxis[]
  readonly lines: readonly {
    readonly trial: number
    readonly value: number
    /** One place for each axis, 0 to 1 on its scale; undefined where the trial has no such parameter. */
    readonly places: readonly (number | undefined)[]
  }[]
}

/** Complete trials as lines across all parameters. Options and errors as of `slices`. */
export function parallelCoordinates(study: AnalyzedStudy, options: PlotOptions = {}): ParallelCoordinates {
  const { target, parameters } = parseOptions('parallelCoordinates', plotSchema, options)
  const all = observationsOf(study, target)
  const names = parametersOf(study, all, parameters)
  const domains = Object.fromEntries(names.map((name) => [name, domainOf(all, name)]))
  const axes = axesOf(domains)
  return {
    axes: names.map((parameter) => ({ parameter, domain: domains[parameter] as Distribution })),
    lines: all.map((one) => ({
      trial: one.trial.number,
      value: one.value,
      places: axes.map((axis) => (has(one, axis.name) ? placeOn(axis, one.trial.parameters[axis.name]) : undefined)),
    })),
  }
}

const contourSchema = z.strictObject({
  target: targetSchema,
  resolution: z.int().min(2).default(32).meta({ description: 'points of the surface along a range' }),
})

export interface Contour {
  readonly x: PlotAxis
  readonly y: PlotAxis
  /** Complete trials that have both parameters. */
  readonly points: readonly {
    readonly trial: number
    readonly x: unknown
    readonly y: unknown
    readonly value: number
  }[]
  /** What a forest predicts: `values[i][j]` at `x[i]` and `y[j]`, the mean over what other parameters these trials all have. */
  readonly surface: {
    readonly x: readonly unknown[]
    readonly y: readonly unknown[]
    readonly values: readonly (readonly number[])[]
  }
}

/** Places in the middle of equal parts, and the values there; of whole numbers and steps each value once. */
function ticksOf(axis: Axis, resolution: number): { readonly place: number; readonly value: unknown }[] {
  const parts = axis.choices > 0 ? axis.choices : resolution
  const ticks = Array.from({ length: parts }, (_, i) => {
    const place = (i + 0.5) / parts
    return { place, value: axis.fromCoordinate(axis.choices > 0 ? i : place) }
  })
  return ticks.filter(({ value }, i) => value !== ticks[i - 1]?.value)
}

/**
 * The objective over two parameters: trials as points, and a surface from the forest that also tells importances.
 *
 * Options: `target` (default 0), `resolution` of the surface along a range (default 32; a category has its choices). Throws a StudyError if fewer than
 * two complete trials have both parameters, an OptionError for options outside their domains.
 */
export function contour(
  study: AnalyzedStudy,
  x: string,
  y: string,
  options: { readonly target?: Target; readonly resolution?: number } = {},
): Contour {
  const { target, resolution } = parseOptions('contour', contourSchema, options)
  const pair = observe(study, target, [x, y])
  const points = pair.observations.map(({ trial, value }) => ({
    ...{ trial: trial.number, value },
    ...{ x: trial.parameters[x], y: trial.parameters[y] },
  }))
  const shared = parametersOf(study, pair.observations).filter((name) =>
    pair.observations.every((one) => has(one, name)),
  )
  const others = shared.filter((name) => name !== x && name !== y)
  const observed = observe(study, target, [x, y, ...others])
  const { trees, valueOf } = forestOf(study, observed, 64)
  const marginals = trees.map((leaves) => marginal(leaves, 0, 1))
  const [across, up] = observed.axes.slice(0, 2).map((axis) => ticksOf(axis, resolution)) as [
    ReturnType<typeof ticksOf>,
    ReturnType<typeof ticksOf>,
  ]
  const mean = (u: number, v: number) =>
    valueOf(marginals.reduce((sum, tree) => sum + valueAt(tree, u, v), 0) / marginals.length)
  return {
    x: { parameter: x, domain: domainOf(pair.observations, x) },
    y: { parameter: y, domain: domainOf(pair.observations, y) },
    points,
    surface: {
      x: across.map(({ value }) => value),
      y: up.map(({ value }) => value),
      values: across.map(({ place: u }) => up.map(({ place: v }) => mean(u, v))),
    },
  }
}
