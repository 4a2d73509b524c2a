// The options of the trainer and of a run.

import type {
  Augmentation,
  Backend,
  Callback,
  Constraint,
  Dataset,
  GradientTransform,
  Layer,
  Loss,
  Metric,
  Optimizer,
  Regularizer,
  TrainedModel,
} from '@gradwerk/core'
import { pluginSchema } from '@gradwerk/core'
import { z } from 'zod'
import type { ConstraintRule, RegularizerRule } from './matching.ts'

export interface TrainerOptions {
  /** A layer, or a trained model whose numbers training starts from: that of a run, or one read from a file. */
  readonly model: Layer | TrainedModel
  readonly loss: Loss
  readonly optimizer: Optimizer
  /** Evaluated beside the loss. Default none. */
  readonly metrics?: readonly Metric[]
  /** Called in this order. Default none. */
  readonly callbacks?: readonly Callback[]
  /** Besides those that layers bring: for all kernels, or for the parameters that a rule matches. Default none. */
  readonly regularizers?: readonly (Regularizer | RegularizerRule)[]
  /**
   * For all kernels, or for the parameters that a rule matches: the first rule that matches a parameter decides, and a constraint that its
   * layer brings comes before all. Default none.
   */
  readonly constraints?: readonly (Constraint | ConstraintRule)[]
  /** Applied in this order to all gradients, before the optimizer. Default none. */
  readonly gradientTransforms?: readonly GradientTransform[]
  /** Applied in this order to every training batch. Default none. */
  readonly augmentations?: readonly Augmentation[]
  readonly backend: Backend
  /** Decides initial weights, shuffles, splits and masks: a whole number ≥ 0. Default 0. */
  readonly seed?: number
  /** Steps in one call of the backend, ≥ 1; callbacks act between calls. It changes no number. Default: as many as take
   * about a quarter of a second by their multiply-adds, at most 64. */
  readonly stepsPerCall?: number
  /** Told of what does not stop a run but may matter. Default: a process warning. */
  readonly onWarning?: (message: string) => void
}

export interface FitOptions {
  /** ≥ 1 */
  readonly epochs: number
  /** Samples in a batch, ≥ 1. Default 32. */
  readonly batchSize?: number
  /**
   * Batches whose gradients make one update, ≥ 1: `batchSize: 32, accumulate: 4` updates as batches of 128 do, in a quarter of the memory. Steps,
   * losses and random keys stay those of batches, and so do batch statistics; schedules count updates. An epoch ends with an update. Default 1.
   */
  readonly accumulate?: number
  /** What becomes of the samples after the last full batch. Default 'keep'. */
  readonly remainder?: 'keep' | 'drop'
  /** A dataset, or how much of the training set to hold out: a fraction, or a number of samples. Default: no validation. */
  readonly validation?: Dataset | number
  /** Evaluate the training set too at the end of every epoch. Default false. */
  readonly trackTraining?: boolean
  /** A checkpoint to continue from: a path, or the bytes. */
  readonly resume?: string | Uint8Array
  /** Stops the run after the call of the backend that is under way. */
  readonly signal?: AbortSignal
}

const role = z.enum(['kernel', 'bias', 'scale', 'shift', 'embedding'])

const matcherSchema = z.union(
  [
    z.custom<(...of: never[]) => boolean>((x) => typeof x === 'function'),
    z.strictObject({
      role: z.union([role, z.array(role)]).optional(),
      name: z.union([z.string(), z.instanceof(RegExp)]).optional(),
    }),
  ],
  { error: 'a function, or { role, name } with known roles' },
)

const valuesSchema = z.record(z.string(), z.looseObject({ data: z.custom((x) => ArrayBuffer.isView(x)) }))

const trainedModelSchema = z.looseObject({
  layer: pluginSchema('layer'),
  input: z.looseObject({ shape: z.array(z.number()) }),
  parameters: valuesSchema,
  state: valuesSchema,
})

/** Checks what plain JavaScript callers may get wrong. */
export const trainerSchema: z.ZodType = z.strictObject({
  model: z.union([pluginSchema('layer'), trainedModelSchema], { error: 'a layer or a trained model' }),
  loss: pluginSchema('loss'),
  optimizer: pluginSchema('optimizer'),
  metrics: z.array(pluginSchema('metric')).optional(),
  callbacks: z.array(pluginSchema('callback')).optional(),
  regularizers: z
    .array(
      z.union(
        [
          pluginSchema('regularizer'),
          z.strictObject({ regularizer: pluginSchema('regularizer'), where: matcherSchema.optional() }),
        ],
        { error: 'a regularizer, or { regularizer, where } with where a function or { role, name }' },
      ),
    )
    .optional(),
  constraints: z
    .array(
      z.union(
        [
          pluginSchema('constraint'),
          z.strictObject({ constraint: pluginSchema('constraint'), where: matcherSchema.optional() }),
        ],
        { error: 'a constraint, or { constraint, where } with where a function or { role, name }' },
      ),
    )
    .optional(),
  gradientTransforms: z.array(pluginSchema('gradientTransform')).optional(),
  augmentations: z.array(pluginSchema('augmentation')).optional(),
  backend: z.custom<Backend>((x) => typeof x === 'object' && x !== null && 'compile' in x, {
    error: 'a backend, such as ort() or reference()',
  }),
  seed: z.int().nonnegative().optional(),
  stepsPerCall: z.int().positive().optional(),
  onWarning: z.custom((x) => typeof x === 'function', { error: 'a function' }).optional(),
})

const datasetSchema = z.custom<Dataset>((x) => typeof x === 'object' && x !== null && 'indices' in x)

export const fitSchema: z.ZodType = z.strictObject({
  epochs: z.int().positive(),
  batchSize: z.int().positive().optional(),
  accumulate: z.int().positive().optional(),
  remainder: z.enum(['keep', 'drop']).optional(),
  validation: z
    .union([z.number().positive(), datasetSchema], { error: 'a dataset, a fraction or a number of samples' })
    .optional(),
  trackTraining: z.boolean().optional(),
  resume: z.union([z.string(), z.instanceof(Uint8Array)], { error: 'a path or the bytes of a checkpoint' }).optional(),
  signal: z.instanceof(AbortSignal).optional(),
})
