// The works that can be measured: a network and how it is trained.

import { type Layer, type Optimizer, OptionError, type Shape } from '@gradwerk/core'
import { conv2d, dense, flatten, maxPool2d, relu, sequential } from '@gradwerk/layers'
import { batchNormCnn } from '@gradwerk/models'
import { adam, sgd } from '@gradwerk/optimizers'

export interface Work {
  readonly name: string
  readonly description: string
  readonly network: Layer
  /** The shape in which the network takes one image of 28 × 28 pixels. */
  readonly sample: Shape
  readonly batch: number
  /** What it is trained with unless optimizers are chosen. */
  readonly optimizers: readonly OptimizerName[]
  /** Large enough that the loss of a block falls, small enough that its steps do not amplify the rounding of the last bit into the loss. */
  readonly learningRates: Readonly<Record<OptimizerName, number>>
  /** Calls of the backend in a block, before and under the clock. The trainer's choice says how many steps a call does. */
  readonly calls: { readonly warmUp: number; readonly timed: number }
}

export type OptimizerName = 'sgd' | 'adam'
const optimizers: Readonly<Record<OptimizerName, (learningRate: number) => Optimizer>> = { sgd, adam }

const hidden = (units: number) => [dense(units), relu()]
const convolution = (filters: number) => [conv2d(filters, { size: 3 }), relu()]

const mlp512: Work = {
  name: 'mlp-512',
  description: 'MLP 784-512-512-10, batch 128',
  network: sequential([flatten(), ...hidden(512), ...hidden(512), dense(10)]),
  sample: [28, 28],
  batch: 128,
  optimizers: ['sgd', 'adam'],
  learningRates: { sgd: 0.1, adam: 0.001 },
  calls: { warmUp: 1, timed: 1 },
}

const cnn: Work = {
  name: 'cnn',
  description: 'CNN 32c3-64c3-pool2-128-10, batch 128',
  network: sequential([...convolution(32), ...convolution(64), maxPool2d(2), flatten(), ...hidden(128), dense(10)]),
  sample: [1, 28, 28],
  batch: 128,
  optimizers: ['sgd'],
  learningRates: { sgd: 0.2, adam: 0.0003 },
  calls: { warmUp: 1, timed: 3 },
}

const batchNormalizedCnn: Work = {
  name: 'batch-norm-cnn',
  description: 'batch-normalized CNN 32c3-32c3-pool2-64c3-64c3-pool2-128-10, batch 64',
  network: batchNormCnn(),
  sample: [1, 28, 28],
  batch: 64,
  optimizers: ['adam'],
  learningRates: { sgd: 0.05, adam: 0.0003 },
  calls: { warmUp: 1, timed: 2 },
}

export const works: readonly Work[] = [mlp512, cnn, batchNormalizedCnn]
export const workNames: readonly string[] = works.map(({ name }) => name)
export const optimizerNames: readonly string[] = Object.keys(optimizers)

export function isOptimizerName(name: string): name is OptimizerName {
  return Object.hasOwn(optimizers, name)
}

function unknown(what: string, name: string, expected: readonly string[]): OptionError {
  return new OptionError({ who: 'peer-bench', problem: `unknown ${what}`, expected: expected.join(', '), got: name })
}

/** Throws an OptionError where there is none of that name. */
export function workOf(name: string): Work {
  const found = works.find((work) => work.name === name)
  if (found === undefined) throw unknown('work', name, workNames)
  return found
}

/** Throws an OptionError where there is none of that name. */
export function optimizerOf(name: string, learningRate: number): Optimizer {
  if (!isOptimizerName(name)) throw unknown('optimizer', name, optimizerNames)
  return optimizers[name](learningRate)
}
