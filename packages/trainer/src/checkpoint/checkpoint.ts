// A checkpoint: everything a run consists of, so that it continues bit for bit.

import type { BackendDescription, EpochRecord, Snapshot, Values } from '@gradwerk/core'
import { z } from 'zod'
import { CheckpointError } from '../errors.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

/** Also NaN and infinite. */
const figure = z.custom<number>((x) => typeof x === 'number')
const figures = z.record(z.string(), figure)

const epochSchema = z.object({
  epoch: z.int(),
  steps: z.int(),
  objective: figure,
  loss: figure,
  training: figures.optional(),
  validation: figures.optional(),
  callbacks: figures.optional(),
})

/** What has to be the same for a run to be continued. */
export interface RunIdentity {
  readonly model: string
  readonly optimizer: string
  /** Loss, regularizers, gradient transforms and augmentations. */
  readonly objective: string
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  readonly remainder: string
  readonly dataset: string
  readonly samples: number
  /** Digest of the training data: arrays, types, rows, scale. */
  readonly data: string
}

const identitySchema: z.ZodType<RunIdentity> = z.object({
  model: z.string(),
  optimizer: z.string(),
  objective: z.string(),
  seed: z.number(),
  epochs: z.int(),
  batchSize: z.int(),
  remainder: z.string(),
  dataset: z.string(),
  samples: z.int(),
  data: z.string(),
})

const metadataSchema = z.object({
  identity: identitySchema,
  backend: z.object({ name: z.string(), version: z.string(), threads: z.int() }),
  step: z.int().nonnegative(),
  learningRateFactor: z.number(),
  stopped: z.string().nullable(),
  history: z.array(epochSchema),
  callbacks: z.array(z.object({ name: z.string(), json: z.unknown() })),
})

export interface CallbackState {
  readonly name: string
  readonly json: unknown
  readonly values: Values
}

export interface Checkpoint {
  readonly identity: RunIdentity
  readonly backend: BackendDescription
  /** Steps done. */
  readonly step: number
  readonly learningRateFactor: number
  readonly stopped: string | null
  readonly history: readonly EpochRecord[]
  readonly snapshot: Snapshot
  /** Losses and objectives of the steps of the unfinished epoch. */
  readonly partial: { readonly losses: Float32Array; readonly objectives: Float32Array }
  readonly callbacks: readonly CallbackState[]
}

const version = '2'

/** JSON has no NaN and no infinities; figures may be either. */
const nonFinite = '$number'

function toJson(x: unknown): string {
  return JSON.stringify(x, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { [nonFinite]: String(value) } : value,
  )
}

function fromJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && nonFinite in value ? Number(value[nonFinite]) : value,
  )
}

function prefixed(prefix: string, values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}:${name}`, value]))
}

function unprefixed(prefix: string, values: Values): Values {
  const start = `${prefix}:`
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      name.startsWith(start) ? [[name.slice(start.length), value]] : [],
    ),
  )
}

function vector(data: Float32Array): Values[string] {
  return { dtype: 'float32', shape: [data.length], data }
}

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { snapshot, partial, callbacks, ...rest } = checkpoint
  const json = { ...rest, callbacks: callbacks.map(({ name, json }) => ({ name, json })) }
  return encodeSafetensors({
    metadata: { format: 'gradwerk-checkpoint', version, run: toJson(json) },
    tensors: {
      ...prefixed('parameter', snapshot.parameters),
      ...prefixed('state', snapshot.state),
      ...prefixed('slot', snapshot.slots),
      'partial:losses': vector(partial.losses),
      'partial:objectives': vector(partial.objectives),
      ...Object.assign({}, ...callbacks.map(({ values }, i) => prefixed(`callback.${i}`, values))),
    },
  })
}

/** Reads a checkpoint. Throws a CheckpointError for bytes that are damaged or not a checkpoint of this version. */
export function decodeCheckpoint(bytes: Uint8Array, who = 'checkpoint'): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(who, bytes)
  if (metadata['format'] !== 'gradwerk-checkpoint' || metadata['version'] !== version)
    throw new CheckpointError({
      who,
      problem: 'not a checkpoint of this version',
      expected: `gradwerk-checkpoint ${version}`,
      got: `${metadata['format']} ${metadata['version']}`,
    })
  const parsed = metadataSchema.safeParse(fromJson(metadata['run'] ?? 'null'))
  if (!parsed.success)
    throw new CheckpointError({ who, problem: `the description of the run is not valid: ${parsed.error.message}` })
  const partial = (name: string) => (tensors[`partial:${name}`]?.data ?? new Float32Array(0)) as Float32Array
  return {
    ...parsed.data,
    history: parsed.data.history as readonly EpochRecord[],
    callbacks: parsed.data.callbacks.map(({ name, json }, i) => ({
      name,
      json,
      values: unprefixed(`callback.${i}`, tensors),
    })),
    snapshot: {
      parameters: unprefixed('parameter', tensors),
      state: unprefixed('state', tensors),
      slots: unprefixed('slot', tensors),
    },
    partial: { losses: partial('losses'), objectives: partial('objectives') },
  }
}

/** Throws a CheckpointError that names the first difference between the run a checkpoint belongs to and the one to continue. */
export function checkIdentity(who: string, saved: RunIdentity, wanted: RunIdentity): void {
  for (const key of Object.keys(wanted) as (keyof RunIdentity)[])
    if (saved[key] !== wanted[key])
      throw new CheckpointError({
        who,
        problem:
          key === 'data'
            ? `the checkpoint belongs to a run on other data: the numbers or the rows of '${wanted.dataset}' differ (SHA-256)`
            : `the checkpoint belongs to a run with another ${key}`,
        expected: String(wanted[key]).slice(0, 200),
        got: String(saved[key]).slice(0, 200),
      })
}
