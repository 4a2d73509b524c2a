// What the example measures unless told otherwise.

import type { Dataset } from '@gradwerk/core'
import type { Plan } from './measure.ts'
import { initializerNames } from './network.ts'

/** 30 layers and 160 steps: two cores take less than five minutes. */
export function defaultPlan(dataset: Dataset): Plan {
  return {
    dataset,
    depth: 30,
    width: 64,
    epochs: 5,
    batchSize: 64,
    initializers: initializerNames,
    learningRates: [3e-5, 5e-4, 1e-2],
    tuningSeed: 0,
    seeds: [1, 2, 3, 4, 5],
    statisticsSamples: 256,
  }
}

export const trainingSamples = 2048
