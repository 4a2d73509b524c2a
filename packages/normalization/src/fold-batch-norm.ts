// Folding of batch normalization into its neighbours, for evaluation and export.

import {
  constantHyperparameters,
  DataError,
  dynamic,
  evaluate,
  input,
  type TrainedModel,
  type Value,
  type Values,
} from '@gradwerk/core'
import { foldPlan } from './fold/plan.ts'
import { foldedBatchNorm } from './folded-batch-norm.ts'

/**
 * The model without the batch normalizations that can be folded into a neighbour, with equal outputs in evaluation up to rounding (1e-5 of the
 * largest): a normalization of running statistics multiplies and shifts every channel, and so does a kernel with a bias.
 *
 * Folded is a normalization
 * - of a dense layer, a convolution or a transposed convolution, into that kernel: kernel′ = kernel · s, bias′ = (bias − mean) · s + shift with s
 *   = scale / √(variance + ε);
 * - before a dense layer (flattened images too) or a convolution without padding, into the kernel behind;
 *
 * and only where nothing else uses what is normalized. It does not matter how the layers are nested, nor whether the kernel has a
 * parametrization. Everything else stays as it is; a model in which nothing can be folded is returned as it is.
 *
 * The new kernel has the name of the old one, and the bias stands beside it. The model's layer, and with it the metadata of an exported
 * file, holds the original and the list of what was folded.
 *
 * @throws DataError for a model that lacks the value of a parameter
 * @example
 * ```ts
 * await writeFile('model.onnx', await exportOnnx(foldBatchNorm(run.model)))
 * ```
 */
export function foldBatchNorm(model: TrainedModel): TrainedModel {
  const x = input('foldBatchNorm.input', [dynamic, ...model.input.shape], model.input.dtype)
  const { folded, parameters, states } = foldPlan(model.layer, x, constantHyperparameters())
  if (folded.length === 0) return model
  const given: Values = { ...model.parameters, ...model.state }
  const valueOf = (name: string): Value => {
    const value = given[name]
    if (value !== undefined) return value
    throw new DataError({ who: 'foldBatchNorm', problem: `the model has no value for '${name}'` })
  }
  const names = [...parameters.keys()]
  const numbers = evaluate(
    [...parameters.values()].map(({ tensor }) => tensor),
    given,
  )
  return {
    layer: foldedBatchNorm({ layer: model.layer, folded }),
    input: model.input,
    parameters: Object.fromEntries(names.map((name, i) => [name, numbers[i] as Value])),
    state: Object.fromEntries([...states.keys()].map((name) => [name, valueOf(name)])),
  }
}
