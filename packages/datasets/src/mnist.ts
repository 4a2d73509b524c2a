// MNIST, the handwritten digits (LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition").

import type { Dataset } from '@gradwerk/core'
import { type ImageDatasetsOptions, type ImageFiles, imageDatasets } from './image-datasets.ts'

const files: ImageFiles = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
}

const mirrors: readonly string[] = [
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
]

/** What `mnist` takes; every option has a default. */
export type MnistOptions = ImageDatasetsOptions

/**
 * MNIST: 60,000 training and 10,000 test images of handwritten digits, from a folder on this machine or downloaded into it.
 *
 * The folder is the option `folder`, else the environment variable `GRADWERK_DATA` (files directly in it or in its folder `mnist`),
 * else the user's cache folder. Every file is checked against its SHA-256.
 *
 * Shapes: inputs uint8 [samples, 28, 28], white on black, scaled by 1/255 when gathered; targets uint8 [samples], classes 0 to 9.
 *
 * @throws ChecksumError for a file in the folder that is not MNIST's; DatasetUnavailableError when a file is neither there nor to be
 * had from a mirror; OptionError.
 * @example
 * const { train, test } = await mnist({ onProgress: ({ file, received }) => console.log(file, received) })
 */
export function mnist(options: MnistOptions = {}): Promise<{ train: Dataset; test: Dataset }> {
  return imageDatasets('mnist', files, mirrors, options)
}
