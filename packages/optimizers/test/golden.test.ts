import { readFileSync } from 'node:fs'
import { type Optimizer, type Value, valueOf } from '@gradwerk/core'
import { adam, adamW, cosine, momentum, nesterov, sgd } from '@gradwerk/optimizers'
import { expectClose } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { trajectory } from './trajectory.ts'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface TrajectoryCase {
  readonly name: string
  readonly op: string
  readonly options: {
    readonly lr: number
    readonly momentum: number
    readonly nesterov: boolean
    readonly beta1: number
    readonly beta2: number
    readonly eps: number
    readonly weight_decay: number
  }
  readonly inputs: Readonly<Record<'w' | 'b' | 'grad_w' | 'grad_b', GoldenTensor>>
  readonly outputs: Readonly<Record<'w' | 'b', GoldenTensor>>
  readonly noise: number
}

interface ScheduleCase {
  readonly name: string
  readonly options: {
    readonly base_lr: number
    readonly steps: number
    readonly T_max: number
    readonly eta_min: number
  }
  readonly lr: readonly number[]
}

function casesOf<Case>(file: string): readonly Case[] {
  const { cases }: { cases: Case[] } = JSON.parse(readFileSync(new URL(`golden/${file}`, import.meta.url), 'utf8'))
  return cases
}

function optimizersOf({ op, options }: TrajectoryCase): readonly Optimizer[] {
  const { lr: learningRate, beta1, beta2, eps: epsilon, weight_decay: weightDecay } = options
  const moments = { learningRate, beta1, beta2, epsilon }
  if (op === 'adam') return [adam(moments), adamW({ ...moments, weightDecay: 0 })]
  if (op === 'adamw') return [adamW({ ...moments, weightDecay })]
  const descent = { learningRate, momentum: options.momentum }
  const plain = sgd({ ...descent, nesterov: options.nesterov })
  return options.momentum === 0 ? [plain] : [plain, options.nesterov ? nesterov(descent) : momentum(descent)]
}

const valueFrom = ({ shape, data }: GoldenTensor): Value => valueOf('float32', shape, data)

describe('trajectories equal PyTorch', () => {
  test.each(casesOf<TrajectoryCase>('trajectories.json'))('$name', async (testCase) => {
    const { inputs, outputs, noise } = testCase
    for (const optimizer of optimizersOf(testCase))
      for (const name of ['w', 'b'] as const) {
        const found = await trajectory(optimizer, valueFrom(inputs[name]), valueFrom(inputs[`grad_${name}`]))
        expectClose(found, valueFrom(outputs[name]), { largest: 1e-6, absolute: 10 * noise })
      }
  })
})

describe('schedules equal PyTorch', () => {
  test.each(casesOf<ScheduleCase>('schedules.json'))('$name', ({ options, lr }) => {
    const schedule = cosine({ from: options.base_lr, to: options.eta_min, over: options.T_max })
    lr.forEach((expected, step) => {
      // Afterwards ours stays where it is; PyTorch's rises again.
      const wanted = step < options.T_max ? expected : options.eta_min
      expect(schedule.at(step, options.steps)).toBeCloseTo(wanted, 12)
    })
  })
})
