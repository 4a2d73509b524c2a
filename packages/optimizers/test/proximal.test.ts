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
  valueOf,
} from '@gradwerk/core'
import { adam, adamW, momentum, nesterov, sgd } from '@gradwerk/optimizers'
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
  const traced = traceUpdate(optimizer, shape, 'kernel', { parameter: w, gradient: sub(w, best) })
  if (traced.update.stepSize === undefined) throw new Error('no step size')
  const threshold = mul(traced.update.stepSize, scalar(strength))
  const cut = minimum(maximum(traced.update.parameter, neg(threshold)), threshold)
  const { parameter, ...slots } = traced.program.state
  const next = sub(traced.update.parameter, cut)
  const parts = program({
    ...traced.program,
    shared: { best },
    state: { ...slots, ...(parameter && { parameter: { current: parameter.current, next } }) },
    outputs: {},
  })
  const executable = await reference().compile(parts)
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
  nesterov({ learningRate: 0.02, momentum: 0.9 }),
  adam({ learningRate: 0.02, beta2: 0.99 }),
  adamW({ learningRate: 0.02, beta2: 0.99, weightDecay: 0 }),
])('$name finds the minimizer of a lasso, exact zeros included', async (optimizer) => {
  const found = await lasso(optimizer, 1000)
  found.forEach((x, i) => {
    if (minimizer[i] === 0) expect(x).toBe(0)
    else expect(x).toBeCloseTo(minimizer[i] ?? Number.NaN, 2)
  })
})
