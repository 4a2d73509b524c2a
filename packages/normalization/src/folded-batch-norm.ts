// A model without the batch normalizations that could be folded into their neighbours: a layer around the original one.

import { type Hyperparameters, type Layer, PluginError, parseOptions, pluginSchema, type Tensor } from '@gradwerk/core'
import { z } from 'zod'
import { rebuilt } from './fold/expression.ts'
import { type Folded, foldPlan } from './fold/plan.ts'
import { who as nameOf } from './who.ts'

const schema = z.strictObject({
  layer: pluginSchema<Layer>('layer').meta({ description: 'the model as it was trained' }),
  folded: z
    .array(z.strictObject({ normalization: z.string(), into: z.string() }))
    .readonly()
    .meta({ description: 'what was folded: the path of a normalization and the kernel it went into' }),
})

export interface FoldedBatchNormOptions {
  /** The model as it was trained. */
  readonly layer: Layer
  /** What was folded: the path of a normalization and the kernel it went into. */
  readonly folded: readonly Folded[]
}

/**
 * What `foldBatchNorm` gives as the layer of its model: computes what the original does in evaluation, with the parameters that
 * `foldBatchNorm` calculated. Its options say what was folded into which kernel.
 *
 * Shapes: those of the original.
 *
 * @throws OptionError for options that are none; PluginError, when traced, where the original folds in another way than the options say, or
 * in training mode: there are no statistics left to learn
 */
export function foldedBatchNorm(given: FoldedBatchNormOptions): Layer {
  const options = parseOptions('foldedBatchNorm', schema, given)
  return {
    kind: 'layer',
    name: 'foldedBatchNorm',
    options,
    apply(x, context) {
      const who = nameOf('foldedBatchNorm', context)
      if (context.batchStatistics)
        throw new PluginError({
          who,
          problem: 'a folded model has no statistics to learn',
          hint: 'training the original and folding it again',
        })
      const hyperparameters: Hyperparameters = {
        all: new Map(),
        scope: (prefix) => ({
          hyperparameter: (name, value) => context.hyperparameter(`${prefix}.${name}`, value),
        }),
      }
      const plan = foldPlan(options.layer, x, hyperparameters, context.stochastic ? context.key() : undefined)
      if (JSON.stringify(plan.folded) !== JSON.stringify(options.folded))
        throw new PluginError({
          who,
          problem: 'the model does not fold as its options say',
          expected: JSON.stringify(options.folded),
          got: JSON.stringify(plan.folded),
        })
      const own = new Map<Tensor, Tensor>()
      for (const [name, { spec, tensor }] of plan.parameters) own.set(tensor, context.parameter(name, spec))
      for (const [name, { spec, tensor }] of plan.states) own.set(tensor, context.state(name, spec))
      return rebuilt(plan.output, x, (tensor) => own.get(tensor))
    },
  }
}
