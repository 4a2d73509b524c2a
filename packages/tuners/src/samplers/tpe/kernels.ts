// Kernels along one axis: normals cut to [0, 1], their masses on cells, and choices.

import type { RandomStream } from '@gradwerk/core'
import { uniform53 } from '../../space/unit.ts'
import type { Axis } from './coordinates.ts'
import { normalMass } from './normal.ts'

/** The kernels of all trials along one axis. */
export interface AxisKernels {
  /** The logarithm of each kernel's density at a coordinate. */
  logDensities(coordinate: number): Float64Array
  /** A coordinate drawn from one kernel. */
  draw(kernel: number, random: RandomStream): number
}

const logRootTwoPi = 0.5 * Math.log(2 * Math.PI)
const tiny = 1e-300

/** Computes once for each key. */
function remembered(compute: (key: number) => Float64Array): (key: number) => Float64Array {
  const known = new Map<number, Float64Array>()
  return (key) => {
    const value = known.get(key) ?? compute(key)
    known.set(key, value)
    return value
  }
}

/** Its own choice, or with probability `spread` any of them. */
function choiceKernels(choices: number, centres: Float64Array, spread: number): AxisKernels {
  const other = spread / choices
  const logs = { own: Math.log(1 - spread + other), other: Math.log(other), flat: -Math.log(choices) }
  return {
    logDensities: remembered((index) =>
      centres.map((centre) => (Number.isNaN(centre) ? logs.flat : centre === index ? logs.own : logs.other)),
    ),
    draw(kernel, random) {
      const centre = centres[kernel] as number
      return Number.isNaN(centre) || random.uniform() < spread ? random.integer(choices) : centre
    },
  }
}

/** By rejection: centres lie in [0, 1], so that at least a third of the draws is kept for deviations up to 1. */
function drawTruncated(centre: number, deviation: number, random: RandomStream): number {
  if (Number.isNaN(centre)) return uniform53(random)
  for (;;) {
    const drawn = centre + deviation * random.normal()
    if (drawn >= 0 && drawn <= 1) return drawn
  }
}

function rangeKernels(axis: Axis, centres: Float64Array, deviation: number): AxisKernels {
  const logInside = centres.map((centre) => Math.log(normalMass(-centre / deviation, (1 - centre) / deviation)))
  const draw = (kernel: number, random: RandomStream) => drawTruncated(centres[kernel] as number, deviation, random)
  if (axis.discrete) {
    const masses = remembered((cell) => {
      const [low, high] = axis.cell(cell)
      const [middle, flat] = [(low + high) / 2, Math.log(high - low)]
      // Of a cell this narrow the mass is the density times the width, to 1 % within 5 deviations, and costs no exponential.
      const narrow = high - low < deviation / 8
      const offset = flat - Math.log(deviation) - logRootTwoPi
      return centres.map((centre, i) => {
        if (Number.isNaN(centre)) return flat
        const z = (middle - centre) / deviation
        if (narrow) return offset - 0.5 * z * z - (logInside[i] as number)
        const mass = normalMass((low - centre) / deviation, (high - centre) / deviation)
        return Math.log(Math.max(tiny, mass)) - (logInside[i] as number)
      })
    })
    return { draw, logDensities: (coordinate) => masses(axis.cellOf(coordinate)) }
  }
  const offsets = logInside.map((log) => -log - Math.log(deviation) - logRootTwoPi)
  const densities = new Float64Array(centres.length)
  return {
    draw,
    logDensities(coordinate) {
      for (let i = 0; i < densities.length; i++) {
        const z = (coordinate - (centres[i] as number)) / deviation
        densities[i] = Number.isNaN(z) ? 0 : (offsets[i] as number) - 0.5 * z * z
      }
      return densities
    },
  }
}

/** Kernels around centres in the coordinates of an axis; NaN stands for a flat one. `width`: a standard deviation, or the spread over choices. */
export function kernelsAlong(axis: Axis, centres: Float64Array, width: number): AxisKernels {
  return axis.choices > 0 ? choiceKernels(axis.choices, centres, width) : rangeKernels(axis, centres, width)
}
