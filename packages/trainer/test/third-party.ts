// Plugins written against the contracts alone, chosen because they are awkward: each needs something that simple plugins do not.

import {
  type Augmentation,
  abs,
  add,
  argMax,
  cast,
  div,
  equal,
  flip,
  gradients,
  type Initializer,
  type LossTermContext,
  type Metric,
  matmul,
  mul,
  numberOf,
  type Optimizer,
  oneHot,
  type Parametrization,
  type Regularizer,
  randomUniform,
  reshape,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  type Value,
} from '@gradwerk/core'

const plugin = <K extends string>(kind: K, name: string) => ({ kind, name, options: {} })

/** The kernel divided by its largest singular value, found by one power iteration a step (Miyato et al. 2018). */
export const spectralNorm: Parametrization = {
  ...plugin('parametrization', 'spectralNorm'),
  apply(name, spec, context) {
    const kernel = context.parameter(`${name}.raw`, spec) // [in, out]
    const unit = (x: Tensor) => div(x, add(sqrt(sum(square(x))), 1e-12))
    const u = context.state(`${name}.u`, { shape: [1, spec.shape[0] as number], initial: 1 })
    const v = stopGradient(unit(matmul(u, kernel))) // [1, out]
    const next = stopGradient(unit(matmul(v, kernel, { transposeB: true }))) // [1, in]
    if (context.batchStatistics) context.setState(`${name}.u`, next)
    return div(kernel, reshape(matmul(matmul(next, kernel), v, { transposeB: true }), []))
  },
}

/** (‖∂ Σ predictions / ∂ input‖² per sample), which needs the gradient of a gradient. */
export const gradientPenalty: Regularizer = {
  ...plugin('regularizer', 'gradientPenalty'),
  lossTerm({ inputs, predictions }: LossTermContext) {
    const [slope] = gradients(sum(predictions), [inputs])
    return mul(sum(square(slope as Tensor)), 0.1 / (inputs.shape[0] as number))
  },
}

/** Schedule-free AdamW (Defazio et al. 2024): trains at y, evaluates at the average x. */
export const scheduleFree: Optimizer = {
  ...plugin('optimizer', 'scheduleFree'),
  slots: ({ shape }) => ({
    z: { shape, initial: 0 },
    x: { shape, initial: 0 },
    v: { shape, initial: 0 },
    started: { shape: [], initial: 0 },
  }),
  update({ parameter: y, gradient, slots }, scope) {
    const { z: z0, x: x0, v: v0, started } = slots as Record<'z' | 'x' | 'v' | 'started', Tensor>
    const first = (slot: Tensor) => add(mul(sub(1, started), y), mul(started, slot)) // z and x start at the parameter
    const v = add(mul(v0, 0.999), mul(square(gradient), 0.001))
    const rate = scope.hyperparameter('learningRate', 0.02)
    const corrected = scope.hyperparameter('correction', correction)
    const z = sub(first(z0), div(mul(gradient, rate), add(sqrt(div(v, corrected)), 1e-8)))
    const x = add(first(x0), mul(sub(z, first(x0)), scope.hyperparameter('weight', average)))
    return { parameter: add(mul(z, 0.1), mul(x, 0.9)), slots: { z, x, v, started: add(mul(started, 0), 1) } }
  },
  evaluationParameter: (_, slots) => slots['x'] as Tensor,
}
const correction = { at: (step: number) => 1 - 0.999 ** (step + 1) }
const average = { at: (step: number) => 1 / (step + 1) }

/** F1 of class 1, from counts that stream over batches. */
export const f1: Metric = {
  ...plugin('metric', 'f1'),
  mode: 'max',
  init: () => ({
    truePositive: { shape: [], initial: 0 },
    positive: { shape: [], initial: 0 },
    predicted: { shape: [], initial: 0 },
  }),
  update(state, { predictions, targets }) {
    const said = cast(equal(argMax(predictions), 1), 'float32')
    const is = cast(equal(targets, 1), 'float32')
    const counted = (name: string, x: Tensor) => add(state[name] as Tensor, sum(x))
    return {
      truePositive: counted('truePositive', mul(said, is)),
      positive: counted('positive', is),
      predicted: counted('predicted', said),
    }
  },
  result: (state) =>
    (2 * numberOf(state['truePositive'] as Value)) /
    (numberOf(state['positive'] as Value) + numberOf(state['predicted'] as Value)),
}

/** Mixes every sample with the one at the other end of the batch, and their targets alike (Zhang et al. 2018, λ uniform). */
export const mixup: Augmentation = {
  ...plugin('augmentation', 'mixup'),
  apply({ inputs, targets }, key, { classes }) {
    const lambda = reshape(randomUniform(key, [1]), [])
    const mix = (x: Tensor) => add(mul(x, lambda), mul(flip(x, 0), sub(1, lambda)))
    return { inputs: mix(inputs), targets: mix(oneHot(targets, classes)) }
  },
}

/** Normal numbers, scaled until the layer's output has variance 1 (after Mishkin & Matas 2016). */
export const lsuv: Initializer = {
  ...plugin('initializer', 'lsuv'),
  sample: (shape, _, random) => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  calibrate(parameter, output) {
    const data = output.data as Float32Array
    const mean = data.reduce((a, b) => a + b, 0) / data.length
    const deviation = Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length)
    if (Math.abs(deviation - 1) < 1e-3) return undefined
    return { ...parameter, data: (parameter.data as Float32Array).map((x) => x / deviation) }
  },
}

/** Σ |output of the layer at a path|, an activity penalty. */
export const activityPenalty = (path: string): Regularizer => ({
  ...plugin('regularizer', 'activityPenalty'),
  lossTerm: ({ activations }) => mul(sum(abs(activations.get(path) as Tensor)), 1e-3),
})
