// What a file says about its model: entries of its metadata, plain JSON under keys that begin with 'gradwerk.'.

import { OptionError } from '@gradwerk/core'
import { z } from 'zod'

/** Any other entry may stand beside these, as long as it is plain JSON. */
export interface ModelMetadata {
  /** `gradwerk.inputScale`: what raw samples are multiplied with before the file is given them, such as 1/255. */
  readonly inputScale?: number | undefined
  /** `gradwerk.classes`: names of the outputs. */
  readonly classes?: readonly string[] | undefined
  /** `gradwerk.dataset`: what the model was trained on. */
  readonly dataset?: { readonly name: string; readonly real: boolean; readonly samples: number } | undefined
  /** `gradwerk.seed`: the seed of the run. */
  readonly seed?: number | undefined
  /** `gradwerk.metrics`: figures of the model, such as `{ testAccuracy: 0.98 }`. */
  readonly metrics?: Readonly<Record<string, number>> | undefined
  readonly [entry: string]: unknown
}

/** Entries that the exporter writes itself. */
const reserved = ['model', 'input', 'preprocess', 'unused', 'training']

export const metadataSchema: z.ZodType<ModelMetadata> = z
  .object({
    inputScale: z.number().positive().optional(),
    classes: z.array(z.string()).readonly().optional(),
    dataset: z.strictObject({ name: z.string(), real: z.boolean(), samples: z.int().nonnegative() }).optional(),
    seed: z.int().nonnegative().optional(),
    metrics: z.record(z.string(), z.number()).optional(),
  })
  .catchall(z.json())

/** The entries as they stand in a file. Throws an OptionError for a name of the exporter's own. */
export function metadataEntries(who: string, metadata: ModelMetadata): Record<string, string> {
  const taken = reserved.find((name) => name in metadata)
  if (taken !== undefined)
    throw new OptionError({
      who,
      problem: `the metadata '${taken}' is written by the exporter itself`,
      expected: `names other than ${reserved.join(', ')}`,
    })
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) =>
      value === undefined ? [] : [[`gradwerk.${key}`, JSON.stringify(value)]],
    ),
  )
}
