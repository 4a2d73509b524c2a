// Activations and gradients of every hidden layer before the first step.

import {
  type Backend,
  type Dataset,
  gradients,
  input,
  mean,
  numbers,
  program,
  type Snapshot,
  sizeOf,
  sliceStep,
  type Tensor,
  traceModel,
  type Value,
  value,
} from '@gradwerk/core'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { deepPerceptron, initializers, type Network, pathOf, type Size } from './network.ts'

/** Over all elements of a tensor, in float64: the squares of what arrives at the last layer may underflow in float32. */
export interface Moments {
  readonly mean: number
  readonly deviation: number
}

export interface LayerStatistics {
  /** Counted from 1, the first hidden layer. */
  readonly layer: number
  /** Output of the activation function. */
  readonly activation: Moments
  /** Gradient of a sample's loss by that output. */
  readonly activationGradient: Moments
  /** Gradient of the mean loss by the layer's kernel. */
  readonly kernelGradient: Moments
}

export function momentsOf(of: Value, scale = 1): Moments {
  const data = Float64Array.from(numbers(of), (x) => x * scale)
  const center = data.reduce((total, x) => total + x, 0) / data.length
  return { mean: center, deviation: Math.sqrt(data.reduce((total, x) => total + (x - center) ** 2, 0) / data.length) }
}

/** Samples side by side, as the model sees them. */
function batchOf({ inputs, targets, indices, inputScale }: Dataset, samples: number): { x: Value; labels: Value } {
  const rows = indices.subarray(0, samples)
  const size = sizeOf(inputs.shape.slice(1))
  const x = Float32Array.from({ length: rows.length * size }, (_, i) => {
    const row = rows[Math.floor(i / size)] ?? 0
    return Number(inputs.data[row * size + (i % size)]) * inputScale
  })
  return {
    x: value('float32', [rows.length, ...inputs.shape.slice(1)], x),
    labels: value(
      'int32',
      [rows.length],
      Int32Array.from(rows, (row) => Number(targets.data[row])),
    ),
  }
}

const names = {
  activation: 'activation',
  activationGradient: 'gradient by activation',
  kernelGradient: 'gradient by kernel',
}

/** Compiles what gives the statistics of a network for its parameters: one program for all initializers and seeds. */
export async function initialStatistics(
  network: Network,
  size: Size,
  dataset: Dataset,
  samples: number,
  backend: Backend,
): Promise<(initial: Snapshot) => Promise<LayerStatistics[]>> {
  const batch = batchOf(dataset, samples)
  const x = input('x', batch.x.shape)
  const labels = input('labels', batch.labels.shape, 'int32')
  const trace = traceModel(deepPerceptron(network, initializers.zeros(network.activation), size), x, {
    batchStatistics: true,
  })
  const loss = mean(softmaxCrossEntropy().values(trace.output, labels, trace.hyperparameters.scope('loss')))
  const layers = Array.from({ length: size.depth }, (_, i) => i)
  const activations = layers.map((i) => trace.activations.get(pathOf(network.activation, i)) as Tensor)
  const kernels = layers.map((i) => trace.parameters.get(`${pathOf('dense', i)}.kernel`)?.tensor as Tensor)
  const found = gradients(loss, [...activations, ...kernels])
  const row = (name: string, of: readonly (Tensor | undefined)[]) =>
    layers.map((i) => [`${name} ${i}`, of[i] as Tensor] as const)
  const parts = Object.fromEntries([...trace.parameters, ...trace.states].map(([name, { tensor }]) => [name, tensor]))
  const executable = await backend.compile(
    program({
      name: 'initial statistics',
      shared: { x, labels, ...parts },
      inputs: {},
      state: {},
      outputs: Object.fromEntries([
        ...row(names.activation, activations),
        ...row(names.activationGradient, found),
        ...row(names.kernelGradient, found.slice(size.depth)),
      ]),
    }),
  )
  return async ({ parameters, state }) => {
    const result = await executable.run({
      steps: 1,
      shared: { ...batch, ...parameters, ...state },
      inputs: {},
      state: {},
    })
    const outputs = sliceStep(result.outputs, 0)
    const moments = (name: string, i: number, scale = 1) => momentsOf(outputs[`${name} ${i}`] as Value, scale)
    return layers.map((i) => ({
      layer: i + 1,
      activation: moments(names.activation, i),
      activationGradient: moments(names.activationGradient, i, samples),
      kernelGradient: moments(names.kernelGradient, i),
    }))
  }
}
