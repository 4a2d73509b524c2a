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

/** The options of a trainer with their defaults. */
export interface TrainerSettings extends Required<Omit<TrainerOptions, 'stepsPerCall' | 'onWarning'>> {
  readonly stepsPerCall?: number | undefined
  readonly onWarning?: TrainerOptions['onWarning'] | undefined
}

/** The options of a run with their defaults. */
export interface FitSettings extends Required<Omit<FitOptions, 'validation' | 'resume' | 'signal'>> {
  readonly validation?: Dataset | number | undefined
  readonly resume?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a schema accepts, as it is given: objects are looked at and not copied. */
function as<T>(schema: z.ZodType, error: string): z.ZodType<T> {
  return z.custom<T>((x) => schema.safeParse(x).success, { error })
}

const role = z.enum(['kernel', 'bias', 'scale', 'shift', 'embedding'])

const matcherSchema = z.union([
  z.custom<(...of: never[]) => boolean>((x) => typeof x === 'function'),
  z.strictObject({
    role: z.union([role, z.array(role)]).optional(),
    name: z.union([z.string(), z.instanceof(RegExp)]).optional(),
  }),
])

const valuesSchema = z.record(z.string(), z.looseObject({ data: z.custom((x) => ArrayBuffer.isView(x)) }))

const trainedModelSchema = z.looseObject({
  layer: pluginSchema('layer'),
  input: z.looseObject({ shape: z.array(z.number()) }),
  parameters: valuesSchema,
  state: valuesSchema,
})

const regularizerSchema = as<Regularizer | RegularizerRule>(
  z.union([
    pluginSchema('regularizer'),
    z.strictObject({ regularizer: pluginSchema('regularizer'), where: matcherSchema.optional() }),
  ]),
  'a regularizer, or { regularizer, where } with where a function or { role, name }',
)

const constraintSchema = as<Constraint | ConstraintRule>(
  z.union([
    pluginSchema('constraint'),
    z.strictObject({ constraint: pluginSchema('constraint'), where: matcherSchema.optional() }),
  ]),
  'a constraint, or { constraint, where } with where a function or { role, name }',
)

/** A backend, as an option of every function that computes. */
export const backendSchema: z.ZodType<Backend> = z
  .custom<Backend>((x) => typeof x === 'object' && x !== null && 'compile' in x, {
    error: 'a backend, such as ort() or reference()',
  })
  .meta({ description: 'what computes' })

export const trainerSchema: z.ZodType<TrainerSettings> = z.strictObject({
  model: as<Layer | TrainedModel>(
    z.union([pluginSchema('layer'), trainedModelSchema]),
    'a layer or a trained model',
  ).meta({
    description: 'what is trained; training goes on from the numbers of a trained model',
  }),
  loss: pluginSchema<Loss>('loss').meta({ description: 'what training makes small' }),
  optimizer: pluginSchema<Optimizer>('optimizer').meta({ description: 'what updates the parameters' }),
  metrics: z.array(pluginSchema<Metric>('metric')).default([]).meta({ description: 'evaluated beside the loss' }),
  callbacks: z.array(pluginSchema<Callback>('callback')).default([]).meta({ description: 'called in this order' }),
  regularizers: z.array(regularizerSchema).default([]).meta({
    description: 'besides those that layers bring, for all kernels or the parameters that a rule matches',
  }),
  constraints: z.array(constraintSchema).default([]).meta({
    description:
      "for all kernels or the parameters that a rule matches; the first match decides, a layer's own before all",
  }),
  gradientTransforms: z.array(pluginSchema<GradientTransform>('gradientTransform')).default([]).meta({
    description: 'applied in this order to all gradients, before the optimizer',
  }),
  augmentations: z.array(pluginSchema<Augmentation>('augmentation')).default([]).meta({
    description: 'applied in this order to every training batch',
  }),
  backend: backendSchema,
  seed: z.int().nonnegative().default(0).meta({ description: 'decides initial weights, shuffles, splits and masks' }),
  stepsPerCall: z.int().positive().optional().meta({
    description:
      'steps in one call of the backend, between which callbacks act; as many as take about a quarter of a second, at most 64, unless given',
  }),
  onWarning: z
    .custom<(message: string) => void>((x) => typeof x === 'function', { error: 'a function' })
    .optional()
    .meta({ description: 'told of what does not stop a run but may matter; a process warning unless given' }),
})

const datasetSchema = z.custom<Dataset>((x) => typeof x === 'object' && x !== null && 'indices' in x, {
  error: 'a dataset',
})

export const fitSchema: z.ZodType<FitSettings> = z.strictObject({
  epochs: z.int().positive().meta({ description: 'passes over the training set' }),
  batchSize: z.int().positive().default(32).meta({ description: 'samples in a batch' }),
  accumulate: z.int().positive().default(1).meta({ description: 'batches whose gradients make one update' }),
  remainder: z.enum(['keep', 'drop']).default('keep').meta({
    description: 'what becomes of the samples after the last full batch',
  }),
  validation: z
    .union([z.number().positive(), datasetSchema], { error: 'a dataset, a fraction or a number of samples' })
    .optional()
    .meta({
      description:
        'a dataset, or how much of the training set to hold out, a fraction or a number of samples; no validation unless given',
    }),
  trackTraining: z.boolean().default(false).meta({
    description: 'whether the training set too is evaluated after every epoch',
  }),
  resume: z
    .union([z.string(), z.instanceof(Uint8Array)], { error: 'a path or the bytes of a checkpoint' })
    .optional()
    .meta({ description: 'a checkpoint to continue from: its path, or its bytes' }),
  signal: z.instanceof(AbortSignal, { error: 'an AbortSignal' }).optional().meta({
    description: 'stops the run after the call of the backend that is under way',
  }),
})
