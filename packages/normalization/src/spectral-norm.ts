// Spectral normalization: Miyato, Kataoka, Koyama & Yoshida 2018.

import {
  div,
  type Initializer,
  matmul,
  maximum,
  numbers,
  type Parametrization,
  parseOptions,
  reshape,
  sizeOf,
  sqrt,
  square,
  stopGradient,
  sum,
  type Tensor,
  transpose,
} from '@gradwerk/core'
import { z } from 'zod'
import { settledDirection } from './settled-direction.ts'

const schema = z.strictObject({
  iterations: z
    .int()
    .positive()
    .default(1)
    .meta({ description: 'power iterations in a training step', search: { type: 'int', low: 1, high: 5 } }),
  epsilon: z.number().positive().default(1e-12).meta({ description: 'smallest norm that is divided by' }),
})

export interface SpectralNormOptions {
  /** Power iterations in a training step, 1 and more. Default 1. */
  readonly iterations?: number
  /** Smallest norm that is divided by, above 0. Default 1e-12. */
  readonly epsilon?: number
}

/** Where the power iteration begins: a random direction, so that it is not orthogonal to the one that is sought. */
const anyDirection: Initializer = {
  kind: 'initializer',
  name: 'anyDirection',
  options: {},
  sample: (shape, _, random) => Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
}

/** The weight as a matrix M [out, rest], by its products with columns. */
interface Matrix {
  /** M · v */
  times(v: Tensor): Tensor
  /** Mᵀ · u */
  transposedTimes(u: Tensor): Tensor
  readonly outputs: number
}

function matrixOf(weight: Tensor, outputAxes: readonly number[]): Matrix {
  const { shape } = weight
  const outputs = sizeOf(outputAxes.map((axis) => shape[axis] as number))
  const others = shape.flatMap((_, axis) => (outputAxes.includes(axis) ? [] : [axis]))
  // Output axes at the end, as in dense kernels, give Mᵀ without moving anything.
  const last = outputAxes.every((axis, i) => axis === others.length + i)
  const matrix = last
    ? reshape(weight, [sizeOf(shape) / outputs, outputs])
    : reshape(transpose(weight, [...outputAxes, ...others]), [outputs, sizeOf(shape) / outputs])
  return {
    outputs,
    times: (v) => matmul(matrix, v, { transposeA: last }),
    transposedTimes: (u) => matmul(matrix, u, { transposeA: !last }),
  }
}

/** a / max(‖a‖, ε) */
function unit(a: Tensor, epsilon: number): Tensor {
  return div(a, maximum(sqrt(sum(square(a))), epsilon))
}

/**
 * Spectral normalization: w = v / σ, where σ approaches the largest singular value of v as a matrix M [outputs, rest], so that the layer
 * stretches no input by more than 1.
 *
 * Each training step (statistics of the batch on) iterates y = Mᵀu / ‖Mᵀu‖, u = My / ‖My‖ and takes σ = uᵀMy; evaluation takes σ = ‖Mᵀu‖ for the u
 * kept, without iterating. u and y are constants for gradients. A norm below ε counts as ε.
 *
 * Parameters: `<name>.raw` v, of the shape of w, starts at what the initializer draws. State: `<name>.u` [outputs], starts at a random
 * direction, iterated on the first v until σ has settled. The outputs are those of the weight's output axes: [units] for a dense kernel, [filters] for a convolution.
 *
 * Regularizers of the weight see w. σ is never above the largest singular value, and lags behind it by what a step turns the weight, which the
 * iteration follows: at most 0.4 % after any step of the trainings that test it.
 *
 * Miyato et al. 2018, equation 8 and algorithm 1.
 *
 * @throws OptionError for an option outside its domain
 * @example
 * ```ts
 * sequential([dense(256, { parametrization: spectralNorm() }), relu(), dense(1, { parametrization: spectralNorm() })])
 * ```
 */
export function spectralNorm(given: SpectralNormOptions = {}): Parametrization {
  const options = parseOptions('spectralNorm', schema, given)
  const { iterations, epsilon } = options
  return {
    kind: 'parametrization',
    name: 'spectralNorm',
    options,
    apply(name, spec, context) {
      const raw = context.parameter(`${name}.raw`, { ...spec, fromDraw: (draw) => numbers(draw) })
      const matrix = matrixOf(raw, spec.outputAxes)
      const fixed = matrixOf(stopGradient(raw), spec.outputAxes)
      const kept = context.state(`${name}.u`, {
        shape: [matrix.outputs],
        initial: anyDirection,
        fromDraw: (draw, direction) => settledDirection(draw, spec.outputAxes, direction),
      })
      let u = unit(reshape(kept, [matrix.outputs, 1]), epsilon)
      let y = unit(fixed.transposedTimes(u), epsilon)
      if (context.batchStatistics) {
        for (let i = 0; i < iterations; i++) {
          if (i > 0) y = unit(fixed.transposedTimes(u), epsilon)
          u = unit(fixed.times(y), epsilon)
        }
        context.setState(`${name}.u`, reshape(u, [matrix.outputs]))
      }
      const sigma = sum(matmul(stopGradient(u), matrix.times(stopGradient(y)), { transposeA: true }))
      return div(raw, maximum(sigma, epsilon))
    },
  }
}
