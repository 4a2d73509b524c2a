// All recorded trajectories, clippings and schedules of PyTorch 1.13 (Lion and LAMB: of their papers' formulas).

import { readFileSync } from 'node:fs'
import { constant, evaluate, type Optimizer, type Schedule, type Tensor, type Value, valueOf } from '@gradwerk/core'
import * as o from '@gradwerk/optimizers'
import { constantScope, expectClose, playRun } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import { trajectory } from './trajectory.ts'

interface GoldenTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

type Numbers = Readonly<Record<string, number>>

interface OptimizerCase {
  readonly name: string
  readonly op: string
  readonly options: Numbers & {
    readonly clip?: { readonly max_norm?: number; readonly clip_value?: number }
    readonly norm_type?: number | string
  }
  readonly inputs: Readonly<Record<string, GoldenTensor>>
  readonly outputs: Readonly<Record<string, GoldenTensor>>
  readonly noise: number
}

interface ScheduleCase {
  readonly name: string
  readonly op: string
  readonly options: Numbers
  readonly lr: readonly number[]
  readonly momentum?: readonly number[]
  readonly metric?: readonly number[]
  readonly lr_after?: readonly number[]
}

function casesOf<Case>(file: string): readonly Case[] {
  const { cases }: { cases: Case[] } = JSON.parse(readFileSync(new URL(`golden/${file}`, import.meta.url), 'utf8'))
  return cases
}

const valueFrom = ({ shape, data }: GoldenTensor): Value => valueOf('float32', shape, data)

/** Their optimizers by ours. Their `weight_decay` is added to the gradient unless the name says otherwise. */
const makers: Readonly<Record<string, (of: Numbers) => readonly Optimizer[]>> = {
  sgd({ lr, momentum, dampening, nesterov }) {
    const descent = { learningRate: lr as number, momentum: momentum as number }
    const plain = o.sgd({ ...descent, dampening: dampening as number, nesterov: Boolean(nesterov) })
    const preset = nesterov ? o.nesterov : o.momentum
    return momentum === 0 || dampening !== 0 ? [plain] : [plain, preset(descent)]
  },
  adagrad: ({ lr = 0, lr_decay = 0, initial_accumulator_value = 0, eps = 0 }) => [
    o.adagrad({
      learningRate: o.inverseTime({ from: lr, rate: lr_decay }),
      initialSum: initial_accumulator_value,
      epsilon: eps,
    }),
  ],
  adadelta: ({ lr = 0, rho = 0, eps = 0 }) => [o.adadelta({ learningRate: lr, decay: rho, epsilon: eps })],
  rmsprop: ({ lr = 0, alpha = 0, eps = 0, momentum = 0, centered }) => [
    o.rmsprop({ learningRate: lr, decay: alpha, epsilon: eps, momentum, centred: Boolean(centered) }),
  ],
  adam: (of) =>
    of['amsgrad'] ? [o.amsGrad(moments(of))] : [o.adam(moments(of)), o.adamW({ ...moments(of), weightDecay: 0 })],
  adamw: (of) => [(of['amsgrad'] ? o.amsGradW : o.adamW)({ ...moments(of), ...decayed(of) })],
  adamax: (of) => [o.adamax(moments(of))],
  nadam: (of) => [o.nadam({ ...moments(of), momentumDecay: of['momentum_decay'] as number })],
  radam: (of) => [o.radam(moments(of))],
  rprop: ({ lr = 0, eta_minus = 0, eta_plus = 0, step_min = 0, step_max = 0 }) => [
    o.rprop({ initialStep: lr, shrink: eta_minus, grow: eta_plus, smallest: step_min, largest: step_max }),
  ],
  lion: ({ lr = 0, beta1 = 0, beta2 = 0, weight_decay: weightDecay = 0 }) => [
    o.lion({ learningRate: lr, beta1, beta2, weightDecay }),
  ],
  lamb: (of) => [o.lamb({ ...moments(of), ...decayed(of) })],
}

const decoupled = ['adamw', 'lion', 'lamb']

function moments({ lr = 0, beta1 = 0, beta2 = 0, eps = 0 }: Numbers) {
  return { learningRate: lr, beta1, beta2, epsilon: eps }
}

function decayed({ weight_decay: weightDecay = 0 }: Numbers) {
  return { weightDecay }
}

function clipped(
  { max_norm, clip_value, norm_type = 2 }: { max_norm?: number; clip_value?: number; norm_type?: number | string },
  gradients: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> {
  const order = norm_type === 'inf' ? 'infinity' : (norm_type as 1 | 2)
  const transform =
    clip_value === undefined ? o.clipByGlobalNorm({ limit: max_norm as number, order }) : o.clipByValue(clip_value)
  return transform.transform(gradients, constantScope())
}

/** The gradients of every step, clipped. */
function clippedSteps(of: OptimizerCase, names: readonly string[]): Record<string, Value> {
  const rows = names.map((name) => valueFrom(of.inputs[`grad_${name}`] as GoldenTensor))
  const steps = rows[0]?.shape[0] as number
  const results = Array.from({ length: steps }, (_, step) => {
    const now = rows.map(({ shape, data }) => {
      const size = data.length / steps
      return constant(valueOf('float32', shape.slice(1), (data as Float32Array).slice(step * size, (step + 1) * size)))
    })
    const after = clipped(of.options.clip ?? {}, new Map(names.map((name, i) => [name, now[i] as Tensor])))
    return evaluate(names.map((name) => after.get(name) as Tensor))
  })
  return Object.fromEntries(
    names.map((name, i) => [
      name,
      valueOf(
        'float32',
        rows[i]?.shape as number[],
        results.flatMap((values) => Array.from(values[i]?.data ?? [], Number)),
      ),
    ]),
  )
}

const recorded = casesOf<OptimizerCase>('optimizers.json')

describe('trajectories equal PyTorch', () => {
  test.each(recorded.filter(({ op }) => !op.startsWith('clip')))('$name', async (of) => {
    const { inputs, outputs, noise, options, op } = of
    const optimizers = makers[op]?.(options) ?? []
    expect(optimizers).not.toEqual([])
    const names = ['w', 'b']
    const given = options.clip === undefined ? undefined : clippedSteps(of, names)
    const decay = decoupled.includes(op) ? 0 : (options['weight_decay'] ?? 0)
    for (const optimizer of optimizers)
      for (const name of names) {
        const gradients = given?.[name] ?? valueFrom(inputs[`grad_${name}`] as GoldenTensor)
        const found = await trajectory(optimizer, valueFrom(inputs[name] as GoldenTensor), gradients, 'kernel', decay)
        expectClose(found, valueFrom(outputs[name] as GoldenTensor), { largest: 1e-6, absolute: 10 * noise })
      }
  })
})

describe('clipping equals PyTorch', () => {
  test.each(recorded.filter(({ op }) => op.startsWith('clip')))('$name', ({ inputs, outputs, options, noise }) => {
    const before = Object.entries(inputs).map(([name, tensor]) => [name, constant(valueFrom(tensor))] as const)
    const after = [...clipped(options as Parameters<typeof clipped>[0], new Map(before))]
    const values = evaluate(after.map(([, tensor]) => tensor))
    after.forEach(([name], i) => {
      expectClose(values[i] as Value, valueFrom(outputs[name] as GoldenTensor), { largest: 1e-6, absolute: 10 * noise })
    })
  })
})

const schedules: Readonly<Record<string, (of: Numbers) => Schedule>> = {
  step: ({ base_lr: from = 0, step_size: every = 0, gamma: factor = 0 }) => o.stepDecay({ from, every, factor }),
  multistep: ({ base_lr: from = 0, milestones, gamma: factor = 0 }) =>
    o.multiStep({ from, milestones: milestones as unknown as number[], factor }),
  exponential: ({ base_lr: from = 0, gamma: factor = 0 }) => o.exponential({ from, factor }),
  cosine: ({ base_lr: from = 0, eta_min: to = 0, T_max: over = 0 }) => o.cosine({ from, to, over }),
  cosine_warm_restarts: ({ base_lr: from = 0, eta_min: to = 0, T_0: first = 0, T_mult: multiply = 0 }) =>
    o.cosineRestarts({ from, to, first, multiply }),
  one_cycle: (of) =>
    o.oneCycle({
      peak: of['max_lr'] as number,
      startDivisor: of['div_factor'] as number,
      endDivisor: of['final_div_factor'] as number,
      ...cycleOf(of),
    }),
  linear_warmup: ({ base_lr = 0, start_factor = 0, end_factor = 0, total_iters: over = 0 }) =>
    o.linear({ from: base_lr * start_factor, to: base_lr * end_factor, over }),
  warmup_cosine: ({ base_lr: from = 0, warmup_steps = 0, min_factor = 0 }) =>
    o.warmup(warmup_steps, o.cosine({ from, to: from * min_factor })),
  polynomial: ({ base_lr: from = 0, total_iters: over = 0, power = 0 }) => o.polynomial({ from, over, power }),
  cyclic({
    min_lr: low = 0,
    max_lr: high = 0,
    step_size_up: up = 0,
    step_size_down: down = 0,
    mode,
    gamma: factor = 0,
  }) {
    const kind = mode as unknown as string
    if (kind === 'exp_range') return o.cyclicShrinking({ low, high, up, down, factor })
    return (kind === 'triangular' ? o.cyclic : o.cyclicHalving)({ low, high, up, down })
  },
}

function cycleOf(of: Numbers): Pick<o.OneCycleOptions, 'rise' | 'phases' | 'anneal' | 'over'> {
  const linear = (of['anneal_strategy'] as unknown as string) === 'linear'
  return {
    rise: of['pct_start'] as number,
    phases: of['three_phase'] ? 3 : 2,
    anneal: linear ? 'linear' : 'cosine',
    over: of['total_steps'] as number,
  }
}

const recordedSchedules = casesOf<ScheduleCase>('schedules.json')

describe('schedules equal PyTorch', () => {
  test.each(recordedSchedules.filter(({ metric }) => metric === undefined))(
    '$name',
    ({ op, options, lr, momentum }) => {
      const schedule = schedules[op]?.(options) as Schedule
      const steps = options['steps'] as number
      lr.forEach((expected, step) => {
        // After its end our cosine stays where it is; PyTorch's rises again.
        const wanted =
          op === 'cosine' && step >= (options['T_max'] as number) ? (options['eta_min'] as number) : expected
        expect(schedule.at(step, steps)).toBeCloseTo(wanted, 12)
      })
      if (momentum === undefined) return
      const against = o.oneCycleMomentum({
        high: options['max_momentum'] as number,
        low: options['base_momentum'] as number,
        ...cycleOf(options),
      })
      momentum.forEach((expected, step) => {
        expect(against.at(step, steps)).toBeCloseTo(expected, 12)
      })
    },
  )

  test.each(recordedSchedules.filter(({ metric }) => metric !== undefined))(
    '$name',
    async ({ options, metric, lr_after }) => {
      const relative = (options['threshold_mode'] as unknown as string) === 'rel'
      const base = options['base_lr'] as number
      const callback = o.reduceOnPlateau({
        monitor: 'validation.figure',
        mode: options['mode'] as unknown as 'min' | 'max',
        factor: options['factor'] as number,
        patience: options['patience'] as number,
        cooldown: options['cooldown'] as number,
        smallestFactor: (options['min_lr'] as number) / base,
        [relative ? 'minRelativeDelta' : 'minDelta']: options['threshold'] as number,
        [relative ? 'minDelta' : 'minRelativeDelta']: 0,
      })
      const script = (metric ?? []).map((figure) => ({ objective: 1, loss: 1, validation: { figure } }))
      const answers = new Map((await playRun(callback, script)).map(({ hook, directives }) => [hook, directives]))
      let rate = base
      lr_after?.forEach((expected, epoch) => {
        rate *= answers.get(`epochEnd ${epoch + 1}`)?.learningRateFactor ?? 1
        expect(rate).toBeCloseTo(expected, 12)
      })
    },
  )
})

test('nothing recorded is left out', () => {
  expect([recorded.length, recordedSchedules.length]).toEqual([44, 21])
})
