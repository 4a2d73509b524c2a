// Presets: what a run consists of unless an option says otherwise. A preset is data.

import { configurationsOn } from './configurations.ts'
import { UsageError } from './errors.ts'

export interface Preset {
  readonly name: string
  readonly description: string
  /** `generated` never looks for MNIST. */
  readonly data: 'mnist' | 'generated'
  readonly configurations: readonly string[]
  /** Seeds 1 to this. */
  readonly seeds: number
  readonly epochs: number
  /** Training images of every trial; the final run has all that are not held out. */
  readonly train: number
  /** Images of the training set that are held out. */
  readonly validation: number
  readonly batchSize: number
  /** Threads of ONNX Runtime in each trial. They decide the last bits of all numbers. */
  readonly threads: number
  /** Whether the training images are evaluated after every epoch too. */
  readonly trackTraining: boolean
  /** Hidden layers of the perceptron. */
  readonly hidden: readonly number[]
  /** Hidden layers of the deep network of the `init-` configurations. */
  readonly deepHidden: readonly number[]
  /** Epochs of the final run: the best configuration on all training images. 0 for none. */
  readonly finalEpochs: number
  /** The validation accuracy, a part of 1, at which trials end and which their seconds are measured to. Default: none. */
  readonly target?: number
}

const standard: Preset = {
  name: 'default',
  description: 'every configuration with 3 seeds on 10,000 images, and the best one on all training images',
  data: 'mnist',
  configurations: configurationsOn('perceptron', 'deep'),
  seeds: 3,
  epochs: 12,
  train: 10_000,
  validation: 10_000,
  batchSize: 128,
  threads: 1,
  trackTraining: true,
  hidden: [320, 128],
  deepHidden: [64, 64, 64, 64, 64, 64, 64, 64],
  finalEpochs: 15,
}

/** One network on all training images but 5,000. */
const whole: Preset = {
  ...standard,
  train: 55_000,
  validation: 5_000,
  // Steps are long enough for two threads, and three trials on two cores would leave one idle at the end.
  threads: 2,
  trackTraining: false,
  finalEpochs: 0,
}

export const presets: readonly Preset[] = [
  standard,
  {
    ...standard,
    name: 'thorough',
    description: 'the default with 10 seeds: narrower intervals, three times the time',
    seeds: 10,
  },
  {
    ...standard,
    name: 'smoke',
    description: 'seconds: every configuration with one seed on a few generated digits, to see that all works',
    data: 'generated',
    seeds: 1,
    epochs: 2,
    train: 500,
    validation: 200,
    batchSize: 50,
    hidden: [32, 16],
    deepHidden: [16, 16, 16, 16],
    finalEpochs: 2,
  },
  {
    ...whole,
    name: 'lenet5',
    description: 'LeNet-5 with 3 seeds on 55,000 images, 20 epochs',
    configurations: ['lenet5'],
    epochs: 20,
    batchSize: 64,
  },
  {
    ...whole,
    name: 'cnn',
    description: 'the batch-normalized CNN with 3 seeds on 55,000 images, 6 epochs',
    configurations: ['cnn'],
    epochs: 6,
    batchSize: 64,
  },
  {
    ...whole,
    name: 'srivastava',
    description: 'record table: perceptron 3×1024 with dropout and max-norm, 3 seeds, 40 epochs',
    configurations: ['srivastava'],
    epochs: 40,
    train: 59_000,
    validation: 1_000,
  },
  {
    ...whole,
    name: 'simard',
    description: 'record table: perceptron 784-800-10 with elastic distortion, 3 seeds, 60 epochs',
    configurations: ['simard'],
    epochs: 60,
  },
  {
    ...whole,
    name: 'cnn-augmented',
    description: 'record table: the batch-normalized CNN on moved images, 3 seeds, 10 epochs',
    configurations: ['cnn-augmented'],
    epochs: 10,
    batchSize: 64,
  },
  {
    ...whole,
    name: 'fastest-99',
    description:
      'record table: seconds until 99.2 % of the validation images are right, and so 99 % of the test images, 3 seeds each of two small networks',
    configurations: ['lenet5-one-cycle', 'small-cnn-one-cycle'],
    epochs: 8,
    // Validation is looked at after every epoch: the first to pass is lucky by a tenth of a point or two.
    target: 0.992,
  },
]

/** Throws a UsageError for a name that no preset has. */
export function presetNamed(name: string): Preset {
  const preset = presets.find((one) => one.name === name)
  if (preset !== undefined) return preset
  throw new UsageError({
    who: 'bench',
    problem: `there is no preset '${name}'`,
    expected: `one of ${presets.map((one) => one.name).join(', ')}`,
  })
}
