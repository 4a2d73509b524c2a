// Small but whole training steps: shared inputs, inputs of each step, state, random masks, gradients and updates.

import {
  add,
  bernoulli,
  cast,
  conv2d,
  div,
  fold,
  gather,
  gradients,
  greater,
  input,
  keyOf,
  logSoftmax,
  matmul,
  maximum,
  maxPool2d,
  mean,
  mul,
  neg,
  oneHot,
  type Program,
  program,
  type RunCall,
  relu,
  reshape,
  type Shape,
  sqrt,
  sub,
  sum,
  type Tensor,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { rowsOf } from '../targets.ts'
import { randomValue } from '../values.ts'

/** A program and a call of several steps. */
export interface TrainingStep {
  readonly program: Program
  readonly call: RunCall
}

export const trainingSteps = 5
const rows = 20
const batch = 6
const classes = 3

/** Mean cross-entropy of logits against class indices. */
function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return neg(mean(sum(mul(logSoftmax(logits), oneHot(labels, classes)), { axes: [1] })))
}

interface Parts {
  readonly name: string
  /** Shape of one sample of the dataset (bytes). */
  readonly sample: Shape
  readonly parameters: Readonly<Record<string, Shape>>
  readonly logits: (x: Tensor, parameters: Readonly<Record<string, Tensor>>, key: Tensor) => Tensor
  /** The parameter and the two slots after a step. */
  readonly update: (
    w: Tensor,
    g: Tensor,
    slots: readonly [Tensor, Tensor],
    rate: Tensor,
  ) => readonly [Tensor, Tensor, Tensor]
}

/** A training step on a dataset of bytes that is shared by all steps; each step gets row numbers, a key and a learning rate. */
function trainingStep({ name, sample, parameters, logits, update }: Parts): TrainingStep {
  const shared = { images: input('images', [rows, ...sample], 'uint8'), labels: input('labels', [rows], 'int32') }
  const inputs = { rows: input('rows', [batch], 'int32'), key: input('key', [2], 'uint32'), rate: input('rate', []) }
  const tensors = Object.fromEntries(Object.entries(parameters).map(([of, shape]) => [of, input(of, shape)]))
  const x = mul(cast(gather(shared.images, inputs.rows), 'float32'), 1 / 255)
  const loss = crossEntropy(logits(x, tensors, inputs.key), gather(shared.labels, inputs.rows))
  const slopes = gradients(loss, Object.values(tensors))
  const state = Object.entries(tensors).flatMap(([of, w], i) => {
    const slots = [input(`${of}.first`, w.shape), input(`${of}.second`, w.shape)] as const
    const next = update(w, slopes[i] as Tensor, slots, inputs.rate)
    return [w, ...slots].map(
      (current, k) => [String(current.op.attributes.name), { current, next: next[k] as Tensor }] as const,
    )
  })
  const parts = program({ name, shared, inputs, state: Object.fromEntries(state), outputs: { loss } })
  const keys = Array.from({ length: trainingSteps }, (_, step) => fold(keyOf(9), step)).flat()
  return {
    program: parts,
    call: {
      steps: trainingSteps,
      shared: {
        images: randomValue(shared.images, 1),
        labels: randomValue(shared.labels, 2, { low: 0, high: classes - 1 }),
      },
      inputs: {
        rows: randomValue({ dtype: 'int32', shape: [trainingSteps, batch] }, 3, { low: 0, high: rows - 1 }),
        key: valueOf('uint32', [trainingSteps, 2], keys),
        rate: valueOf(
          'float32',
          [trainingSteps],
          Float32Array.from({ length: trainingSteps }, (_, step) => 0.1 / (1 + step)),
        ),
      },
      state: Object.fromEntries(
        state.map(([of, { current }], i) => [
          of,
          randomValue(current, 10 + i, i % 3 === 0 ? { low: -0.5, high: 0.5 } : { low: 0, high: 0 }),
        ]),
      ),
    },
  }
}

function dropped(x: Tensor, key: Tensor): Tensor {
  return div(mul(x, cast(bernoulli(key, 0.75, x.shape), 'float32')), 0.75)
}

const perceptron: Parts = {
  name: 'perceptron with dropout and momentum',
  sample: [7],
  parameters: { kernel1: [7, 8], bias1: [8], kernel2: [8, classes], bias2: [classes] },
  logits(x, p, key) {
    const hidden = dropped(relu(add(matmul(x, p.kernel1 as Tensor), p.bias1 as Tensor)), key)
    return add(matmul(hidden, p.kernel2 as Tensor), p.bias2 as Tensor)
  },
  update(w, g, [velocity, unused], rate) {
    const next = add(mul(velocity, 0.9), g)
    return [sub(w, mul(rate, next)), next, unused]
  },
}

const convolutional: Parts = {
  name: 'convolutions with Adam',
  sample: [1, 8, 8],
  parameters: { kernel: [4, 1, 3, 3], bias: [4, 1, 1], dense: [36, classes] },
  logits(x, p) {
    const pooled = maxPool2d(relu(add(conv2d(x, p.kernel as Tensor), p.bias as Tensor)), { size: [2, 2] })
    return matmul(reshape(pooled, [batch, 36]), p.dense as Tensor)
  },
  update(w, g, [first, second], rate) {
    const m = add(mul(first, 0.9), mul(g, 0.1))
    const v = add(mul(second, 0.99), mul(mul(g, g), 0.01))
    const step = div(m, add(sqrt(maximum(v, 0)), 1e-3))
    return [sub(w, mul(mul(rate, 0.1), mul(step, cast(greater(v, 0), 'float32')))), m, v]
  },
}

/** Programs of whole training steps, with calls, by name; built when asked for. */
export const trainingPrograms: ReadonlyMap<string, () => TrainingStep> = new Map(
  [perceptron, convolutional].map((parts) => [parts.name, () => trainingStep(parts)]),
)

/** The values of one step of a call, with a leading axis of 1. */
export function singleStep(inputs: Values, step: number): Values {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]): [string, Value] => [name, rowsOf(value, step, step + 1)]),
  )
}
