// The fixed points of "update, then proximal map with the stated step size" are the minimizers of loss + penalty.
import {
  input,
  maximum,
  minimum,
  mul,
  neg,
  type Optimizer,
  program,
  reference,
  scalar,
  sub,
  type Update,
  valueOf,
} from '@gradwerk/core'
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  amsGrad,
  amsGradW,
  cosine,
  ema,
  lamb,
  lookahead,
  momentum,
  nadam,
  nesterov,
  radam,
  rmsprop,
  sgd,
  swa,
} from '@gradwerk/optimizers'
import { expect, test } from 'vitest'
import { scheduled, traceUpdate } from './trajectory.ts'

const target = [2, -0.5, 0.125, -3]
const strength = 0.75
/** argmin of ½ (w − target)² + strength · |w| */
const minimizer = target.map((x) => Math.sign(x) * Math.max(Math.abs(x) - strength, 0))

async function lasso(optimizer: Optimizer, steps: number): Promise<number[]> {
  const shape = [1, 4]
  const best = input('best', shape)
  const w = input('parameter', shape)
  const shrunk = ({ parameter, stepSize }: Update) => {
    if (stepSize === undefined) throw new Error('no step size')
    const threshold = mul(stepSize, scalar(strength))
    return sub(parameter, minimum(maximum(parameter, neg(threshold)), threshold))
  }
  const traced = traceUpdate(optimizer, shape, 'kernel', { parameter: w, gradient: sub(w, best) }, shrunk)
  const executable = await reference().compile(program({ ...traced.program, shared: { best }, outputs: {} }))
  const { state } = await executable.run({
    steps,
    shared: { best: valueOf('float32', shape, target) },
    inputs: scheduled(traced.hyperparameters, steps),
    state: { parameter: valueOf('float32', shape, [1, 1, 1, 1]), ...traced.slots },
  })
  return Array.from(state.parameter?.data ?? [], Number)
}

test.each([
  sgd(0.1),
  momentum({ learningRate: 0.02, momentum: 0.9 }),
  sgd({ learningRate: 0.02, momentum: 0.9, dampening: 0.5 }),
  nesterov({ learningRate: 0.02, momentum: 0.9 }),
  adagrad(0.5),
  adadelta({ learningRate: 1, epsilon: 1e-3 }),
  rmsprop(cosine(0.02)),
  rmsprop({ learningRate: cosine(0.02), centred: true, momentum: 0.5, epsilon: 0.1 }),
  adam({ learningRate: 0.02, beta2: 0.99 }),
  adamW({ learningRate: 0.02, beta2: 0.99, weightDecay: 0 }),
  amsGrad({ learningRate: 0.02, beta2: 0.99 }),
  amsGradW({ learningRate: 0.02, beta2: 0.99, weightDecay: 0 }),
  adamax({ learningRate: 0.02, beta2: 0.99 }),
  nadam({ learningRate: 0.02, beta2: 0.99 }),
  radam({ learningRate: 0.02, beta2: 0.99 }),
  lamb({ learningRate: cosine(0.05), beta2: 0.99 }),
  ema(sgd(0.1)),
  swa(sgd(0.1)),
  lookahead(momentum({ learningRate: 0.02, momentum: 0.9 })),
  lookahead({ optimizer: adam({ learningRate: cosine(0.1), beta2: 0.99 }), steps: 4, follow: 0.2 }),
])('$name finds the minimizer of a lasso, exact zeros included', async (optimizer) => {
  const found = await lasso(optimizer, 1000)
  found.forEach((x, i) => {
    if (minimizer[i] === 0) expect(x).toBe(0)
    else expect(x).toBeCloseTo(minimizer[i] ?? Number.NaN, 2)
  })
})
