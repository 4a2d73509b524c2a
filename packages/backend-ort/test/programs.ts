// Programs and values for the tests.

import {
  add,
  bernoulli,
  cast,
  foldKey,
  gather,
  gradients,
  input,
  keyOf,
  logSoftmax,
  matmul,
  mul,
  neg,
  type Program,
  program,
  type RunCall,
  randomStream,
  relu,
  sizeOf,
  sub,
  sum,
  type Tensor,
  type Type,
  type Value,
  valueOf,
} from '@gradwerk/core'

const random = randomStream(keyOf(7))

/** Random numbers of a type: floats normal, whole numbers below `below`. */
export function drawn({ dtype, shape }: Type, below = 2): Value {
  const draw = dtype === 'float32' ? () => random.normal() : () => random.integer(below)
  return valueOf(dtype, shape, Float64Array.from({ length: sizeOf(shape) }, draw))
}

/** A training step with batches gathered by index, dropout, and gradient descent with momentum. */
export function trainingStep(name = 'step'): Program {
  const images = input('images', [20, 6], 'uint8')
  const targets = input('targets', [20, 3])
  const rate = input('rate', [])
  const indices = input('indices', [8], 'int64')
  const key = input('key', [2], 'uint32')
  const parameters = { kernel: input('kernel', [6, 5]), bias: input('bias', [5]), out: input('out', [5, 3]) }
  const x = mul(cast(gather(images, indices), 'float32'), 1 / 255)
  const hidden = relu(add(matmul(x, parameters.kernel), parameters.bias))
  const kept = cast(bernoulli(foldKey(key, 'dropout'), 0.75, hidden.shape), 'float32')
  const logits = matmul(mul(hidden, kept), parameters.out)
  const loss = neg(mul(sum(mul(logSoftmax(logits), gather(targets, indices))), 1 / 8))
  const found = gradients(loss, Object.values(parameters))
  const state = Object.entries(parameters).flatMap(([name, current], i) => {
    const velocity = input(`${name}.velocity`, current.shape)
    const next = add(mul(velocity, 0.9), found[i] as Tensor)
    return [
      [name, { current, next: sub(current, mul(next, rate)) }],
      [velocity.op.name === 'input' ? `${name}.velocity` : '', { current: velocity, next }],
    ]
  })
  return program({
    name,
    shared: { images, targets, rate },
    inputs: { indices, key },
    state: Object.fromEntries(state),
    outputs: { loss },
  })
}

/** Values for `steps` steps of a training step. */
export function trainingCall(of: Program, steps: number): RunCall {
  const inputs = {
    indices: drawn({ dtype: 'int64', shape: [steps, 8] }, 20),
    key: drawn({ dtype: 'uint32', shape: [steps, 2] }, 2 ** 32 - 1),
  }
  const shared = {
    images: drawn({ dtype: 'uint8', shape: [20, 6] }, 256),
    targets: drawn({ dtype: 'float32', shape: [20, 3] }),
    rate: valueOf('float32', [], [0.1]),
  }
  const state = Object.fromEntries(Object.entries(of.state).map(([name, { current }]) => [name, drawn(current)]))
  return { steps, shared, inputs, state }
}

/** A program without state or per-step inputs. */
export function predict(outputs: Record<string, Tensor>, ...shared: readonly Tensor[]): Program {
  const named = shared.map((tensor) => [String(Reflect.get(tensor.op.attributes, 'name')), tensor] as const)
  return program({ name: 'predict', shared: Object.fromEntries(named), inputs: {}, state: {}, outputs })
}
