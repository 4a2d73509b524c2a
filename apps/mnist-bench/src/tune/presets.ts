// Presets of `bench tune`: which searches are made, unless an option says otherwise. A preset is data.

import { UsageError } from '../errors.ts'
import type { PrunerName, SamplerName } from './strategies.ts'

export interface TunePreset {
  readonly name: string
  readonly description: string
  /** `generated` never looks for MNIST. */
  readonly data: 'mnist' | 'generated'
  /** Each is searched with each sampler, each pruner and each seed. */
  readonly configurations: readonly string[]
  readonly samplers: readonly SamplerName[]
  readonly pruners: readonly PrunerName[]
  /** Seeds of the search, 1 to this. They decide what is suggested, and the first weights, the order and the masks of its trials. */
  readonly searches: number
  /** Of every search. */
  readonly trials: number
  /** Of every trial that is not stopped early. */
  readonly epochs: number
  /** Trainings of the best parameters of a search, with seeds that no search has. */
  readonly seeds: number
  /** Training images. */
  readonly train: number
  /** Images of the training set that are held out. */
  readonly validation: number
  /** What batch sizes are chosen from. */
  readonly batchSizes: readonly number[]
  /** Hidden layers of the perceptron. */
  readonly hidden: readonly number[]
  /** Hidden layers of the deep network of the `init-` configurations. */
  readonly deepHidden: readonly number[]
  /** Threads of ONNX Runtime in each trial. They decide the last bits of all numbers. */
  readonly threads: number
}

const standard: TunePreset = {
  name: 'default',
  description:
    'random search for no regularization, L2 and dropout: 24 trials each on 5,000 images, 5 seeds of each best',
  data: 'mnist',
  configurations: ['none', 'l2', 'dropout'],
  samplers: ['random'],
  pruners: ['none'],
  searches: 1,
  trials: 24,
  epochs: 8,
  seeds: 5,
  train: 5_000,
  validation: 5000,
  batchSizes: [32, 64, 128, 256],
  hidden: [320, 128],
  deepHidden: [64, 64, 64, 64, 64, 64, 64, 64],
  threads: 1,
}

export const tunePresets: readonly TunePreset[] = [
  standard,
  {
    ...standard,
    name: 'smoke',
    description: 'seconds: four trials each on a few generated digits, to see that all works',
    data: 'generated',
    trials: 4,
    epochs: 3,
    seeds: 2,
    train: 400,
    validation: 200,
    batchSizes: [20, 40],
    hidden: [32, 16],
    deepHidden: [16, 16, 16, 16],
  },
  {
    ...standard,
    name: 'samplers',
    description: 'grid, random, TPE and Gaussian process side by side: 36 trials each, 3 seeds',
    samplers: ['grid', 'random', 'tpe', 'gaussian-process'],
    configurations: ['dropout'],
    searches: 3,
    trials: 36,
    epochs: 6,
    seeds: 1,
    train: 2_000,
    hidden: [64],
  },
  {
    ...standard,
    name: 'pruning',
    description: 'the same random search with and without pruning by successive halving (ASHA), 5 seeds',
    configurations: ['dropout'],
    pruners: ['none', 'asha'],
    searches: 5,
    trials: 27,
    epochs: 27,
    seeds: 1,
    train: 1_000,
    validation: 2_000,
    hidden: [32],
  },
]

/** Throws a UsageError for a name that no preset has. */
export function tunePresetNamed(name: string): TunePreset {
  const preset = tunePresets.find((one) => one.name === name)
  if (preset !== undefined) return preset
  throw new UsageError({
    who: 'bench tune',
    problem: `there is no preset '${name}'`,
    expected: `one of ${tunePresets.map((one) => one.name).join(', ')}`,
  })
}
