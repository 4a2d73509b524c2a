// Functions to compare samplers on: those of the baseline, and others that differ from them in kind.

import type { Distribution, SearchSpace } from '@gradwerk/core'
import type { Objective } from '@gradwerk/testing'

export interface Problem extends Objective {
  /** The smallest value there is. */
  readonly minimum: number
  /** What it asks for, conditional parameters as well. */
  readonly space: SearchSpace
}

const sum = (terms: readonly number[]): number => terms.reduce((a, b) => a + b, 0)
const mean = (terms: readonly number[]): number => sum(terms) / terms.length

/** A function of real numbers from low to high. */
function continuous(
  name: string,
  bounds: readonly (readonly [number, number])[],
  minimum: number,
  f: (x: readonly number[]) => number,
): Problem {
  const space: SearchSpace = Object.fromEntries(
    bounds.map(([low, high], i) => [`x${i + 1}`, { type: 'float', low, high }]),
  )
  return {
    name,
    minimum,
    space,
    evaluate: (ask) => f(Object.entries(space).map(([x, range]) => Number(ask(x, range)))),
  }
}

const box = (dimensions: number, low: number, high: number): [number, number][] =>
  Array.from({ length: dimensions }, () => [low, high])

const alpha = [1, 1.2, 3, 3.2]
const hartmannA = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const hartmannP = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]

function branin([x = 0, y = 0]: readonly number[]): number {
  const t = 1 / (8 * Math.PI)
  return (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 + 10 * (1 - t) * Math.cos(x) + 10
}

function hartmann6(x: readonly number[]): number {
  const wells = alpha.map((a, i) => {
    const [A, P] = [hartmannA[i] ?? [], hartmannP[i] ?? []]
    return a * Math.exp(-sum(x.map((xj, j) => (A[j] ?? 0) * (xj - (P[j] ?? 0)) ** 2)))
  })
  return -sum(wells)
}

const rosenbrock = (x: readonly number[]): number =>
  sum(x.slice(1).map((next, j) => 100 * (next - (x[j] ?? 0) ** 2) ** 2 + (1 - (x[j] ?? 0)) ** 2))

function levy(x: readonly number[]): number {
  const w = x.map((xj) => 1 + (xj - 1) / 4)
  const [first = 0, last = 0] = [w[0], w.at(-1)]
  const inner = w.slice(0, -1).map((wj) => (wj - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * wj + 1) ** 2))
  return Math.sin(Math.PI * first) ** 2 + sum(inner) + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2)
}

const ackley = (x: readonly number[]): number =>
  20 +
  Math.E -
  20 * Math.exp(-0.2 * Math.sqrt(mean(x.map((xj) => xj * xj)))) -
  Math.exp(mean(x.map((xj) => Math.cos(2 * Math.PI * xj))))

const styblinskiTang = (x: readonly number[]): number => sum(x.map((xj) => xj ** 4 - 16 * xj * xj + 5 * xj)) / 2

const camel = ([x = 0, y = 0]: readonly number[]): number =>
  (4 - 2.1 * x * x + x ** 4 / 3) * x * x + x * y + (4 * y * y - 4) * y * y

const rastrigin = (x: readonly number[]): number => sum(x.map((xj) => 10 + xj * xj - 10 * Math.cos(2 * Math.PI * xj)))

const lr: Distribution = { type: 'float', low: 1e-5, high: 1, log: true }
const optimizer: Distribution = { type: 'categorical', choices: ['sgd', 'adam', 'rmsprop'] }
const width: Distribution = { type: 'int', low: 8, high: 256 }
const momentum: Distribution = { type: 'float', low: 0, high: 0.99 }
const targets: Readonly<Record<string, readonly [number, number]>> = {
  sgd: [-0.5, 0.05],
  adam: [-3, 0.08],
  rmsprop: [-3.5, 0.1],
}

/** A stand-in for tuning a network: the momentum exists for one optimizer only. */
const mixed: Problem = {
  name: 'mixed',
  minimum: 0.05,
  space: { lr, optimizer, width, momentum },
  evaluate(ask) {
    const L = Math.log10(Number(ask('lr', lr)))
    const chosen = String(ask('optimizer', optimizer))
    const w = Math.log2(Number(ask('width', width)) / 8) / 5
    const [target, base] = targets[chosen] ?? [0, 0]
    const m = chosen === 'sgd' ? Number(ask('momentum', momentum)) : undefined
    const d = L - (m === undefined ? 0 : Math.log10(1 - m)) - (target - 0.3 * (w - 0.6))
    const loss =
      (d < 0 ? 0.04 : 0.12) * d * d + 0.15 * (w - 0.6) * (w - 0.6) + (m === undefined ? 0 : 0.4 * (m - 0.9) * (m - 0.9))
    return base + (1 - base) * (1 - Math.exp(-loss))
  },
}

const units: SearchSpace = Object.fromEntries(
  ['units1', 'units2', 'units3', 'units4'].map((name) => [name, { type: 'int', low: 1, high: 512, log: true }]),
)
const depth: Distribution = { type: 'int', low: 1, high: 8 }
const rate: Distribution = { type: 'float', low: 0, high: 0.9, step: 0.1 }

/** Whole numbers on both scales and a real one in steps, the best of them at (24, 96, 48, 12, 5, 0.3). */
const whole: Problem = {
  name: 'whole',
  minimum: 0,
  space: { ...units, depth, rate },
  evaluate(ask) {
    const best = [24, 96, 48, 12]
    const u = Object.entries(units).map(([name, range], i) => Math.log2(Number(ask(name, range)) / (best[i] ?? 1)))
    return (
      sum(u.map((x) => x * x)) +
      ((u[0] ?? 0) - (u[1] ?? 0)) ** 2 +
      2 * (Number(ask('depth', depth)) - 5) ** 2 +
      30 * (Number(ask('rate', rate)) - 0.3) ** 2
    )
  },
}

const kinds = ['a', 'b', 'c', 'd', 'e', 'f']
const choices: SearchSpace = Object.fromEntries(
  [0, 1, 2, 3, 4, 5].map((i) => [`choice${i}`, { type: 'categorical', choices: kinds }]),
)
const scale: Distribution = { type: 'float', low: 1e-4, high: 1e2, log: true }

/** Six categories of six choices, pairs of which belong together, and one real number: best at a, c, e, a, c, e and 0.1. */
const categories: Problem = {
  name: 'categories',
  minimum: 0,
  space: { ...choices, scale },
  evaluate(ask) {
    const c = Object.entries(choices).map(([name, of]) => kinds.indexOf(String(ask(name, of))))
    const cost = c.map((chosen, i) => ((chosen * 5 + i * 2) % 6) / 5)
    const pairs = [0, 2, 4].map((i) => ((c[i + 1] ?? 0) === ((c[i] ?? 0) + 2) % 6 ? 0 : 0.5))
    return sum(cost) + sum(pairs) + 0.3 * (Math.log10(Number(ask('scale', scale))) + 1) ** 2
  },
}

export const problems: readonly Problem[] = [
  continuous('branin', [[-5, 10], [0, 15]], 0.39788735772973816, branin), // biome-ignore format: one line for each
  continuous('hartmann6', box(6, 0, 1), -3.322368011415515, hartmann6),
  continuous('rosenbrock4', box(4, -5, 10), 0, rosenbrock),
  continuous('levy4', box(4, -10, 10), 0, levy),
  mixed,
  continuous('ackley5', box(5, -32.768, 32.768), 0, ackley),
  continuous('sphere5', box(5, -5.12, 5.12), 0, (x) => sum(x.map((xj) => xj * xj))),
  continuous('styblinskiTang4', box(4, -5, 5), -39.16616570377142 * 4, styblinskiTang),
  continuous(
    'camel',
    [
      [-3, 3],
      [-2, 2],
    ],
    -1.0316284534898774,
    camel,
  ),
  continuous('rastrigin3', box(3, -5.12, 5.12), 0, rastrigin),
  continuous('rosenbrock10', box(10, -5, 10), 0, rosenbrock),
  continuous('sphere10', box(10, -5.12, 7), 0, (x) => sum(x.map((xj, i) => (i + 1) * (xj - 1.5) ** 2))),
  whole,
  categories,
]
