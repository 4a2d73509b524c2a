// A run with everything that has state: dropout, batch normalization, Adam with a schedule, early stopping, a remainder batch.

import type { Backend, Callback } from '@gradwerk/core'
import { dense, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { batchNorm } from '@gradwerk/normalization'
import { adam, cosine } from '@gradwerk/optimizers'
import { dropout, earlyStopping, l2 } from '@gradwerk/regularizers'
import { type FitOptions, type Run, Trainer } from '../src/index.ts'
import { clusters } from './data.ts'

export interface SetupOptions {
  readonly backend: Backend
  readonly stepsPerCall?: number
  readonly seed?: number
  readonly callbacks?: readonly Callback[]
  readonly fit?: Partial<FitOptions>
}

export function fitEverything({
  backend,
  stepsPerCall = 4,
  seed = 7,
  callbacks = [],
  fit = {},
}: SetupOptions): Promise<Run> {
  const trainer = new Trainer({
    model: sequential([dense(12), batchNorm(), relu(), dropout(0.3), dense(3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: cosine(0.02) }),
    regularizers: [l2(1e-3)],
    metrics: [accuracy()],
    callbacks: [earlyStopping({ patience: 2 }), ...callbacks],
    backend,
    seed,
    stepsPerCall,
    onWarning: () => undefined,
  })
  return trainer.fit(clusters(150), { epochs: 8, batchSize: 16, validation: 0.2, trackTraining: true, ...fit })
}

/** Everything a run ended with, as text that is equal only for equal bits. */
export function fingerprint({ history, snapshot, steps, stopped }: Run): string {
  const bits = Object.entries({ ...snapshot.parameters, ...snapshot.state, ...snapshot.slots }).map(
    ([name, { data }]) => [name, Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')],
  )
  return JSON.stringify({ history, steps, stopped, bits })
}
