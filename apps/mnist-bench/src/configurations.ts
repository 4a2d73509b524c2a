// The configurations that are compared, as data: what each puts into the same network.

import { heNormal, normal, xavierNormal, zeros } from '@gradwerk/initializers'
import { batchNorm } from '@gradwerk/normalization'
import { adamW, cosine, nesterov } from '@gradwerk/optimizers'
import { earlyStopping, elasticNet, l1, l2 } from '@gradwerk/regularizers'
import type { Configuration } from './configuration.ts'
import { UsageError } from './errors.ts'
import type { NetworkName } from './network.ts'
import { records } from './records.ts'

const perceptron = {
  network: 'perceptron',
  initializer: heNormal(),
  optimizer: nesterov({ learningRate: cosine(0.1) }),
} as const

const deep = {
  network: 'deep',
  optimizer: nesterov({ learningRate: cosine(0.02) }),
} as const

/** Strengths and learning rates were chosen on validation images. */
export const configurations: readonly Configuration[] = [
  { ...perceptron, name: 'none', description: 'no regularization: the network learns its training images by heart' },
  {
    ...perceptron,
    name: 'l1',
    description: 'L1 penalty by its proximal step: most weights become exactly zero',
    regularizers: [l1(2e-4)],
  },
  {
    ...perceptron,
    name: 'l2',
    description: 'L2 penalty: all weights become small, none becomes zero',
    regularizers: [l2(1e-3)],
  },
  {
    ...perceptron,
    name: 'elastic-net',
    description: 'L1 and L2 together, by their proximal step',
    regularizers: [elasticNet({ l1: 2e-4, l2: 5e-4 })],
  },
  {
    ...perceptron,
    name: 'dropout',
    description: 'every hidden unit dropped with probability 0.3 in every step',
    dropProbability: 0.3,
  },
  {
    ...perceptron,
    name: 'batch-norm',
    description: 'batch normalization before every rectifier, and the four times larger learning rate that it bears',
    normalization: () => batchNorm(),
    optimizer: nesterov({ learningRate: cosine(0.4) }),
  },
  {
    ...perceptron,
    name: 'dropout-l2',
    description: 'dropout and the L2 penalty together',
    dropProbability: 0.3,
    regularizers: [l2(1e-4)],
  },
  {
    ...perceptron,
    name: 'early-stopping',
    description: 'stops when the validation loss has not improved for 3 epochs, and goes back to the best epoch',
    callbacks: () => [earlyStopping({ patience: 3, restoreBest: true })],
  },
  {
    ...deep,
    name: 'init-zero',
    description: 'all weights zero: nothing but the output bias can learn',
    initializer: zeros(),
  },
  {
    ...deep,
    name: 'init-random',
    description: 'normal with standard deviation 0.01: the signal fades from layer to layer',
    initializer: normal({ standardDeviation: 0.01 }),
  },
  {
    ...deep,
    name: 'init-xavier',
    description: 'Xavier: keeps the variance where layers are linear; each rectifier halves it',
    initializer: xavierNormal(),
  },
  { ...deep, name: 'init-he', description: 'He: keeps the variance through rectifiers', initializer: heNormal() },
  {
    network: 'lenet5',
    name: 'lenet5',
    description: 'LeNet-5 with rectifiers and max pools, dropout on its dense layers, weight decay',
    initializer: heNormal(),
    optimizer: adamW({ learningRate: cosine(2e-3), weightDecay: 0.05, decayRoles: ['kernel'] }),
    dropProbability: 0.3,
  },
  {
    network: 'batch-norm-cnn',
    name: 'cnn',
    description: 'four convolutions and a dense layer with batch normalization, dropout, weight decay',
    initializer: heNormal(),
    optimizer: adamW({ learningRate: cosine(2e-3), weightDecay: 0.05, decayRoles: ['kernel'] }),
    dropProbability: 0.3,
  },
  ...records,
]

export const configurationNames: readonly string[] = configurations.map(({ name }) => name)

/** The names of the configurations on some networks. */
export function configurationsOn(...networks: readonly NetworkName[]): string[] {
  return configurations.filter(({ network }) => networks.includes(network)).map(({ name }) => name)
}

/** Throws a UsageError for a name that no configuration has. */
export function configurationNamed(name: string): Configuration {
  const configuration = configurations.find((one) => one.name === name)
  if (configuration !== undefined) return configuration
  throw new UsageError({
    who: 'bench',
    problem: `there is no configuration '${name}'`,
    expected: `one of ${configurationNames.join(', ')}`,
  })
}
