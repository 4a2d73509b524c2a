// The conformance suite of augmentations.

import type { Augmentation, Backend } from '@gradwerk/core'
import {
  type AugmentationCase,
  assertAugmentation,
  assertAugmentsLikeReference,
  assertEachAlone,
  assertSameAugmentation,
  assertSeeded,
} from '../checks/augmentation.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

export interface AugmentationSuiteOptions extends SuiteOptions {
  /** Backends that give the reference's numbers, by name. Default none. */
  readonly backends?: Readonly<Record<string, Backend>>
}

/**
 * Shapes and targets, keys, samples that do not depend on each other, and the same numbers on every backend and for every number of steps:
 * `augmentationSuite(rotate, [{ plugin: rotate(10) }], { backends: { ort: ort() } })`.
 */
export function augmentationSuite(
  factory: Factory<Augmentation>,
  cases: readonly AugmentationCase[],
  { backends = {}, ...options }: AugmentationSuiteOptions = {},
): void {
  declareSuite('augmentation', factory, cases, options, [
    { title: 'keeps what it does not change', run: assertAugmentation },
    { title: 'follows from its key', run: assertSeeded },
    {
      title: 'augments every sample by itself',
      run: assertEachAlone,
      when: ({ mixes = false, alone = !mixes }) => alone,
    },
    ...Object.entries(backends).map(([name, backend]) => ({
      title: `gives the same on ${name}, in one call or several`,
      run: (c: AugmentationCase) => assertAugmentsLikeReference(c, backend),
    })),
    {
      title: 'computes the same when made again',
      run: (c) => assertSameAugmentation(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
