// Equal weights stay equal: the units of a layer that start alike are given the same gradient, in every step.

import { type Backend, type Initializer, numbers, type Snapshot, type Value } from '@gradwerk/core'
import { type Network, pathOf, type Size } from './network.ts'
import { type Training, train } from './training.ts'

export interface Symmetry {
  /** Hidden layers in which all units have the same weights and the same bias, bit for bit. */
  readonly identicalLayers: number
  /** The largest change of a hidden weight in training. */
  readonly hiddenChange: number
  /** The largest change of any parameter. */
  readonly change: number
  readonly accuracy: number
}

function columnsAreEqual(of: Value | undefined): boolean {
  if (of === undefined) return true
  const units = of.shape.at(-1) ?? 1
  const data = numbers(of)
  return Array.from(data.keys()).every((i) => Object.is(data[i], data[i - (i % units)]))
}

function largestChange(before: Value, after: Value | undefined): number {
  if (after === undefined) return Number.NaN
  const [from, to] = [Array.from(numbers(before)), numbers(after)]
  return from.reduce((most, x, i) => Math.max(most, Math.abs((to[i] ?? Number.NaN) - x)), 0)
}

function identicalLayers({ parameters }: Snapshot, { depth }: Size): number {
  return Array.from({ length: depth }, (_, i) => pathOf('dense', i)).filter(
    (path) => columnsAreEqual(parameters[`${path}.kernel`]) && columnsAreEqual(parameters[`${path}.bias`]),
  ).length
}

export async function symmetryAfterTraining(
  network: Network,
  initializer: Initializer,
  learningRate: number,
  training: Training,
  backend: Backend,
): Promise<Symmetry> {
  const { initial, final, accuracy } = await train(network, initializer, learningRate, 1, training, backend)
  const changes = Object.entries(initial.parameters).map(
    ([name, before]) => [name, largestChange(before, final?.parameters[name])] as const,
  )
  const hidden = new Set(Array.from({ length: training.depth }, (_, i) => `${pathOf('dense', i)}.kernel`))
  return {
    identicalLayers: final === undefined ? 0 : identicalLayers(final, training),
    hiddenChange: Math.max(...changes.filter(([name]) => hidden.has(name)).map(([, change]) => change)),
    change: Math.max(...changes.map(([, change]) => change)),
    accuracy,
  }
}
