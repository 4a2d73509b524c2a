// Standard functions of a search: a bowl, one with every kind of parameter, one whose parameters depend on a choice.

import type { Distribution, Sampler } from '@gradwerk/core'
import type { Objective } from './search.ts'

const unit: Distribution = { type: 'float', low: -5, high: 5 }

/** (x − 1)² + 4 (y + 2)² + (z − 3)² */
const bowl: Objective = {
  name: 'bowl',
  evaluate: (ask) =>
    (Number(ask('x', unit)) - 1) ** 2 + 4 * (Number(ask('y', unit)) + 2) ** 2 + (Number(ask('z', unit)) - 3) ** 2,
}

/** One distribution of every kind. */
export const everyKind: Readonly<Record<string, Distribution>> = {
  float: { type: 'float', low: -1, high: 2 },
  logFloat: { type: 'float', low: 1e-5, high: 1, log: true },
  stepFloat: { type: 'float', low: 0, high: 0.9, step: 0.1 },
  int: { type: 'int', low: -3, high: 9 },
  logInt: { type: 'int', low: 1, high: 1024, log: true },
  stepInt: { type: 'int', low: 8, high: 64, step: 8 },
  choice: { type: 'categorical', choices: ['a', null, 3, [1, 2], { kind: 'b' }] },
  onlyNumber: { type: 'float', low: 0.5, high: 0.5 },
  onlyChoice: { type: 'categorical', choices: ['only'] },
}

const every: Objective = {
  name: 'every kind of parameter',
  evaluate(ask) {
    const [float, logFloat, stepFloat, int, logInt, stepInt, choice] = Object.entries(everyKind).map(
      ([name, distribution]) => ask(name, distribution),
    )
    return (
      (Number(float) - 1) ** 2 +
      (Math.log10(Number(logFloat)) + 2) ** 2 +
      (Number(stepFloat) - 0.3) ** 2 +
      (Number(int) / 4 - 1) ** 2 +
      (Math.log2(Number(logInt)) / 3 - 2) ** 2 +
      (Number(stepInt) / 16 - 1) ** 2 +
      (choice === 'a' ? 0 : 1)
    )
  },
}

const rate: Distribution = { type: 'float', low: 1e-4, high: 1, log: true }
const method: Distribution = { type: 'categorical', choices: ['plain', 'heavy'] }
const momentum: Distribution = { type: 'float', low: 0, high: 0.99 }

/** A rate, and a momentum that one of two methods has. */
const conditional: Objective = {
  name: 'conditional',
  evaluate(ask) {
    const exponent = Math.log10(Number(ask('rate', rate)))
    if (ask('method', method) === 'plain') return 0.3 + (exponent + 1) ** 2
    return (exponent + 2.5) ** 2 + 4 * (Number(ask('momentum', momentum)) - 0.8) ** 2
  },
}

export const objectives: readonly Objective[] = [bowl, every, conditional]

/** What samplers are compared with: every parameter uniform on its scale. */
export const uniformSampler: Sampler = {
  kind: 'sampler',
  name: 'uniform',
  options: {},
  suggest: ({ space, random }) =>
    Object.fromEntries(
      Object.entries(space).map(([name, distribution]) => {
        if (distribution.type === 'categorical')
          return [name, distribution.choices[random.integer(distribution.choices.length)]]
        const { low, high, type, log = false, step = type === 'int' ? 1 : 0 } = distribution
        if (step > 0 && !log) return [name, low + step * random.integer(Math.floor((high - low) / step + 1e-9) + 1)]
        const half = step / 2
        const [from, to] = log ? [Math.log(low - half), Math.log(high + half)] : [low, high]
        const inner = from + random.uniform() * (to - from)
        const value = log ? Math.exp(inner) : inner
        return [name, Math.min(high, Math.max(low, type === 'int' ? Math.round(value) : value))]
      }),
    ),
}
