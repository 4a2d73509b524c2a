// Brightness and contrast of whole images.

import {
  type Augmentation,
  add,
  foldKey,
  hyperparameterSchema,
  mean,
  mul,
  parseOptions,
  type Schedule,
  sub,
  type Tensor,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { batchOf, over, perSample, symmetric } from './draws.ts'

const brightnessSchema = z.strictObject({
  change: hyperparameterSchema(z.number().nonnegative())
    .default(0.2)
    .meta({
      description: 'largest number added or taken away, in units of the inputs, ≥ 0; a number or a schedule',
      search: { type: 'float', low: 0, high: 0.5 },
    }),
})

const contrastSchema = z.strictObject({
  change: hyperparameterSchema(z.number().min(0).max(1))
    .default(0.2)
    .meta({
      description: 'largest change of the distance from the mean, as a share of it, in [0, 1]; a number or a schedule',
      search: { type: 'float', low: 0, high: 0.8 },
    }),
})

export interface BrightnessOptions {
  /** Largest number added or taken away, in units of the inputs, ≥ 0; a number or a schedule. Default 0.2. */
  readonly change?: number | Schedule
}

export interface ContrastOptions {
  /** Largest change of the distance from the mean, as a share of it, in [0, 1]; a number or a schedule. Default 0.2. */
  readonly change?: number | Schedule
}

/** A number for each sample, uniform in ± a hyper-parameter, that broadcasts over the inputs. */
function drawn(inputs: Tensor, key: Tensor, range: Tensor): Tensor {
  const [uniform] = perSample(foldKey(key, 'change'), batchOf(inputs), 1) as [Tensor]
  return over(mul(symmetric(uniform), range), inputs)
}

/**
 * Adds one number to all of a sample: y = x + b, with b uniform in ± `change`. Nothing is cut to a range.
 *
 * Shapes: inputs [batch, …] of any known shape, which stays; targets of any shape, unchanged.
 *
 * @param first the largest change, or all options
 * @throws OptionError for a negative change
 * @example
 * ```ts
 * brightness(0.1)
 * ```
 */
export function brightness(first: number | Schedule | BrightnessOptions = {}): Augmentation {
  const options = parseOptions('brightness', brightnessSchema, withMainOption('change', first))
  return {
    kind: 'augmentation',
    name: 'brightness',
    options,
    apply: ({ inputs, targets }, key, scope) => ({
      inputs: add(inputs, drawn(inputs, key, scope.hyperparameter('change', options.change))),
      targets,
    }),
  }
}

/**
 * Moves all of a sample away from its mean m, or towards it: y = m + f · (x − m), with f uniform in 1 ± `change`. Nothing is cut to a range.
 *
 * Shapes: inputs [batch, …] of any known shape, which stays; targets of any shape, unchanged.
 *
 * @param first the largest change, or all options
 * @throws OptionError for a change outside [0, 1]
 * @example
 * ```ts
 * contrast(0.3)
 * ```
 */
export function contrast(first: number | Schedule | ContrastOptions = {}): Augmentation {
  const options = parseOptions('contrast', contrastSchema, withMainOption('change', first))
  return {
    kind: 'augmentation',
    name: 'contrast',
    options,
    apply({ inputs, targets }, key, scope) {
      const axes = inputs.shape.map((_, axis) => axis).slice(1)
      const distance = sub(inputs, mean(inputs, { axes, keepDims: true }))
      return {
        inputs: add(inputs, mul(distance, drawn(inputs, key, scope.hyperparameter('change', options.change)))),
        targets,
      }
    },
  }
}
