// The training step that is measured: an MLP 784-H-H-10 on batches gathered from uint8 images.

import {
  add,
  cast,
  div,
  gather,
  gradients,
  input,
  logSoftmax,
  matmul,
  mul,
  neg,
  type Program,
  program,
  relu,
  type StateTransition,
  sqrt,
  sub,
  sum,
  type Tensor,
  type Type,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'

export interface Settings {
  readonly batch: number
  readonly hidden: number
  readonly optimizer: string
}

const images = 10000

export function trainingStep({ batch, hidden, optimizer }: Settings): Program {
  const widths = [784, hidden, hidden, 10]
  const X = input('X', [images, 784], 'uint8')
  const Y = input('Y', [images, 10])
  const indices = input('indices', [batch], 'int64')
  const learningRate = input('learningRate', [])
  const parameters = widths.slice(1).flatMap((width, i) => {
    return [input(`kernel${i}`, [widths[i] as number, width]), input(`bias${i}`, [width])]
  })
  let x = mul(cast(gather(X, indices), 'float32'), 1 / 255)
  for (let i = 0; i < parameters.length; i += 2) {
    x = add(matmul(x, parameters[i] as Tensor), parameters[i + 1] as Tensor)
    if (i + 2 < parameters.length) x = relu(x)
  }
  const loss = neg(mul(sum(mul(logSoftmax(x), gather(Y, indices))), 1 / batch))
  const state: Record<string, StateTransition> = {}
  for (const [i, gradient] of gradients(loss, parameters).entries()) {
    const current = parameters[i] as Tensor & { op: { attributes: { name: string } } }
    const { name } = current.op.attributes
    if (optimizer === 'sgd') state[name] = { current, next: sub(current, mul(gradient, learningRate)) }
    else {
      const m = input(`${name}.m`, current.shape)
      const v = input(`${name}.v`, current.shape)
      const nextM = add(mul(m, 0.9), mul(gradient, 0.1))
      const nextV = add(mul(v, 0.999), mul(mul(gradient, gradient), 0.001))
      state[name] = { current, next: sub(current, div(mul(nextM, learningRate), add(sqrt(nextV), 1e-8))) }
      state[`${name}.m`] = { current: m, next: nextM }
      state[`${name}.v`] = { current: v, next: nextV }
    }
  }
  return program({ name: 'step', shared: { X, Y, learningRate }, inputs: { indices }, state, outputs: { loss } })
}

let seed = 1
function random(): number {
  seed = (seed * 48271) % 2147483647
  return seed / 2147483647
}

function drawn({ dtype, shape }: Type, draw: () => number): Value {
  return valueOf(dtype, shape, Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw))
}

export function initialState({ state }: Program): Values {
  const entries = Object.entries(state).map(([name, { current }]) => {
    const scale = name.startsWith('kernel') && !name.includes('.') ? Math.sqrt(6 / (current.shape[0] as number)) : 0
    return [name, drawn(current, () => (random() * 2 - 1) * scale)] as const
  })
  return Object.fromEntries(entries)
}

export function sharedValues({ optimizer }: Settings): Values {
  const targets = Float32Array.from({ length: images * 10 }, (_, i) => Number(((i / 10) | 0) % 10 === i % 10))
  return {
    X: drawn({ shape: [images, 784], dtype: 'uint8' }, () => random() * 255),
    Y: valueOf('float32', [images, 10], targets),
    learningRate: valueOf('float32', [], [optimizer === 'adam' ? 1e-3 : 0.1]),
  }
}

export function stepInputs({ batch }: Settings, steps: number): Values {
  return { indices: drawn({ shape: [steps, batch], dtype: 'int64' }, () => Math.floor(random() * images)) }
}
