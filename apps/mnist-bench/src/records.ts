// The configurations of the record tables: known results on MNIST, with budgets of minutes.

import { affine, warp } from '@gradwerk/augmentation'
import { heNormal } from '@gradwerk/initializers'
import { batchNorm } from '@gradwerk/normalization'
import { adam, adamW, cosine, nesterov, oneCycle } from '@gradwerk/optimizers'
import { confidencePenalty, maxNorm } from '@gradwerk/regularizers'
import type { Configuration } from './configuration.ts'

/**
 * Srivastava et al. 2014, table 2 and appendix B.1: pixels and hidden units dropped, max-norm 2 in all layers. There half of the hidden units are
 * dropped, for a million steps; here batch normalization lets Adam get by with a fiftieth of them, and its noise with fewer dropped units. The penalty
 * on confident predictions is that of Pereyra et al. 2017.
 */
const srivastava: Configuration = {
  name: 'srivastava',
  description:
    'batch-normalized perceptron 3×1024 with dropout on pixels and hidden units, and max-norm (after Srivastava et al. 2014)',
  network: 'wide-perceptron',
  hidden: [1024, 1024, 1024],
  initializer: heNormal(),
  normalization: () => batchNorm(),
  dropProbability: 0.35,
  inputDropProbability: 0.2,
  constraint: maxNorm(2),
  regularizers: [confidencePenalty(0.1)],
  optimizer: adam({ learningRate: cosine(2e-3) }),
}

/**
 * Simard, Steinkraus & Platt 2003, section 2 and table 1: 800 hidden units, cross-entropy, elastic distortion with σ = 4 and α = 34 in pixels. The
 * small affine part adds what the fields, which keep sizes and angles on average, do not.
 */
const simard: Configuration = {
  name: 'simard',
  description: 'perceptron 784-800-10 with elastic distortion and small rotations and scales (Simard et al. 2003)',
  network: 'wide-perceptron',
  hidden: [800],
  initializer: heNormal(),
  augmentations: [warp({ sigma: 4, alpha: 34, rotation: 5, scale: 0.05 })],
  optimizer: nesterov({ learningRate: cosine(0.1) }),
}

/** `cnn` with images that are moved. */
const cnnAugmented: Configuration = {
  name: 'cnn-augmented',
  description: 'the batch-normalized CNN with dropout, on shifted, turned and scaled images',
  network: 'batch-norm-cnn',
  initializer: heNormal(),
  dropProbability: 0.3,
  augmentations: [affine({ shift: 2, rotation: 10, scale: 0.1 })],
  optimizer: adamW({ learningRate: cosine(2e-3), weightDecay: 0.05, decayRoles: ['kernel'] }),
}

/**
 * One cycle over a part of the run: a quarter of it up to a learning rate that is too large to stay at, then down (Smith & Topin 2018). A run
 * that has not reached its target by then goes on at the end's small rate.
 */
function oneCycleOver(over: number, peak: number) {
  return {
    initializer: heNormal(),
    optimizer: adamW({ learningRate: oneCycle({ peak, over, rise: 0.25, endDivisor: 10 }) }),
  }
}

const lenet5OneCycle: Configuration = {
  ...oneCycleOver(5 / 8, 5e-3),
  name: 'lenet5-one-cycle',
  description: 'LeNet-5, one cycle of a large learning rate over five eighths of the run: epochs that take little time',
  network: 'lenet5',
}

const smallCnnOneCycle: Configuration = {
  ...oneCycleOver(1 / 4, 0.01),
  name: 'small-cnn-one-cycle',
  description: 'a quarter of the batch-normalized CNN, one cycle over a quarter of the run: few epochs',
  network: 'small-batch-norm-cnn',
}

export const records: readonly Configuration[] = [srivastava, simard, cnnAugmented, lenet5OneCycle, smallCnnOneCycle]
