// The fully connected layer.

import {
  add,
  dynamic,
  formatShape,
  type Layer,
  matmul,
  parseOptions,
  reshape,
  ShapeError,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { biasOf, kernelOf, type WeightOptions, weightRows } from './weight-options.ts'
import { who } from './who.ts'

const schema = z.strictObject({
  units: z
    .int()
    .positive()
    .meta({ description: 'number of outputs', search: { type: 'int', low: 16, high: 1024, log: true } }),
  ...weightRows,
})

export interface DenseOptions extends WeightOptions {
  /** Number of outputs, 1 and more. */
  readonly units: number
}

/**
 * The fully connected layer: y = x · kernel + bias.
 *
 * Shapes: x [batch, …, features], kernel [features, units] (PyTorch stores the transpose), bias [units], y [batch, …, units].
 *
 * @param first the number of units, or all options
 * @throws OptionError for an option outside its domain; ShapeError, when traced, for an input without a feature axis
 * @example
 * ```ts
 * sequential([dense(512), relu(), dense(10, { useBias: false })])
 * ```
 */
export function dense(first: number | DenseOptions, rest: Omit<DenseOptions, 'units'> = {}): Layer {
  const options = parseOptions('dense', schema, withMainOption('units', first, rest))
  const { units } = options
  return {
    kind: 'layer',
    name: 'dense',
    options,
    apply(x, context) {
      const features = x.shape.at(-1)
      if (x.shape.length < 2 || features === undefined || features === dynamic)
        throw new ShapeError({
          who: who('dense', context),
          problem: 'the input has no features to connect',
          expected: '[batch, …, features] with a known number of features',
          got: formatShape(x.shape),
        })
      const kernel = kernelOf(context, { shape: [features, units], inputAxes: [0], outputAxes: [1] }, options)
      const bias = biasOf(context, units, options)
      // One product of matrices, whatever the number of axes.
      const product = matmul(x.shape.length === 2 ? x : reshape(x, [-1, features]), kernel)
      const y = bias === undefined ? product : add(product, bias)
      return reshape(y, x.shape.with(-1, units)) // [batch, …, units]
    },
  }
}
