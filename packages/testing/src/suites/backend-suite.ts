// The conformance suite of backends.

import type { Backend } from '@gradwerk/core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import {
  assertPure,
  assertRefusesCalls,
  assertSampleOnBackend,
  assertStepsCompose,
  assertTrainsLikeReference,
} from '../checks/backend.ts'
import { trainingPrograms } from '../problems/training-steps.ts'
import { opSamples } from '../samples/index.ts'
import type { OpSample } from '../samples/sample.ts'
import type { Tolerance } from '../values.ts'
import { byOp } from './op-battery.ts'

export interface BackendSuiteOptions {
  /** Samples to run. Default: those of all of core's ops. */
  readonly samples?: readonly OpSample[]
  /** How far floats of one op may be from the reference's. Default `backendTolerance`. */
  readonly tolerance?: Tolerance
  /** Frees what the backend holds, once. */
  readonly release?: (backend: Backend) => void | Promise<void>
}

/**
 * Every op, its gradients and whole training steps give the reference's numbers: `backendSuite('ort', () => ort())`. Whole numbers and
 * random ones agree in every bit, and so do calls of many steps and many calls of one.
 */
export function backendSuite(
  name: string,
  make: () => Backend | Promise<Backend>,
  options: BackendSuiteOptions = {},
): void {
  const { samples = opSamples, tolerance, release } = options
  describe(name, () => {
    let backend: Backend
    beforeAll(async () => {
      backend = await make()
    })
    afterAll(() => release?.(backend))
    for (const [op, group] of byOp(samples))
      describe(op, () => {
        for (const sample of group) it(sample.title, () => assertSampleOnBackend(backend, sample, tolerance))
      })
    for (const [title, build] of trainingPrograms)
      describe(title, () => {
        it('trains as the reference does', () => assertTrainsLikeReference(backend, build()))
        it('gives the same bits however steps are grouped', () => assertStepsCompose(backend, build()))
        it('is pure', () => assertPure(backend, build()))
        it('refuses calls that do not fit', () => assertRefusesCalls(backend, build()))
      })
  })
}
