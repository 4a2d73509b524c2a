// The scaled network beside the average of all sub-networks, and beside averages over random masks.

import { ort } from '@gradwerk/backend-ort'
import { type Dataset, numbers } from '@gradwerk/core'
import { monteCarlo } from '@gradwerk/trainer'
import { mean } from '../shared/statistics.ts'
import { type NetworkName, networkNames, networks, spiral, train } from './networks.ts'
import { expectation, geometricMean, softmax, subnetworks } from './subnetworks.ts'

type Rows = readonly (readonly number[])[]

/** Absolute differences over samples and classes. */
export interface Gap {
  readonly mean: number
  readonly largest: number
}

export interface Measured {
  readonly name: NetworkName
  readonly subnetworks: number
  /** Between logits of the scaled network and the mean logits of all sub-networks. */
  readonly logits: Gap
  /** Between its probabilities and the normalized geometric mean of theirs. */
  readonly geometric: Gap
  /** Between its probabilities and the mean of theirs. */
  readonly arithmetic: Gap
  /** How often the scaled network and the mean of probabilities decide for the same class. */
  readonly agreement: number
  /** Of the scaled network, of the mean of probabilities, and of a sub-network on average. */
  readonly accuracy: { readonly scaled: number; readonly average: number; readonly single: number }
  /** Of each sample and class: by the scaled network, and the means over all sub-networks. */
  readonly probabilities: readonly {
    readonly scaled: number
    readonly arithmetic: number
    readonly geometric: number
  }[]
  /** Distance (root mean square over samples and classes) between mean logits of random masks and of all sub-networks. */
  readonly passes: readonly { readonly passes: number; readonly distance: number; readonly expected: number }[]
}

const best = (row: readonly number[]) => row.indexOf(Math.max(...row))

function gapOf(a: Rows, b: Rows): Gap {
  const gaps = a.flatMap((row, i) => row.map((x, k) => Math.abs(x - (b[i]?.[k] ?? Number.NaN))))
  return { mean: mean(gaps), largest: Math.max(...gaps) }
}

function rootMeanSquare(of: readonly number[]): number {
  return Math.sqrt(mean(of.map((x) => x * x)))
}

async function measureOne(
  name: NetworkName,
  dropProbability: number,
  passes: readonly number[],
  points: Dataset,
): Promise<Measured> {
  const backend = ort({ threads: 1 })
  const network = networks[name]
  const trained = await train(network, dropProbability, backend)
  const scaledLogits = await trained.logits(points)
  const all = subnetworks(trained.model, network, dropProbability, points)
  const logits = expectation(all, (row) => row)
  const variances = expectation(all, (row, i) => row.map((z, k) => (z - (logits[i]?.[k] ?? 0)) ** 2)).flat()
  const [scaled, arithmetic, geometric] = [scaledLogits.map(softmax), expectation(all, softmax), geometricMean(all)]
  const targets = numbers(points.targets)
  const right = (rows: Rows) => rows.filter((row, i) => best(row) === targets[i]).length / rows.length
  const random = []
  for (const count of passes) {
    const { mean: found } = await monteCarlo(trained.model, points.inputs, { backend, passes: count, seed: 1 })
    const exact = logits.flat()
    random.push({
      passes: count,
      distance: rootMeanSquare(Array.from(numbers(found), (x, i) => x - (exact[i] ?? Number.NaN))),
      expected: Math.sqrt(mean(variances) / count),
    })
  }
  return {
    name,
    subnetworks: all.length,
    logits: gapOf(scaledLogits, logits),
    geometric: gapOf(scaled, geometric),
    arithmetic: gapOf(scaled, arithmetic),
    agreement: scaled.filter((row, i) => best(row) === best(arithmetic[i] ?? [])).length / scaled.length,
    accuracy: {
      scaled: right(scaled),
      average: right(arithmetic),
      single: all.reduce((total, { probability, logits }) => total + probability * right(logits), 0),
    },
    probabilities: scaled.flatMap((row, i) =>
      row.map((x, k) => ({
        scaled: x,
        arithmetic: arithmetic[i]?.[k] ?? Number.NaN,
        geometric: geometric[i]?.[k] ?? Number.NaN,
      })),
    ),
    passes: random,
  }
}

export interface Plan {
  /** How many random masks are averaged. */
  readonly passes: readonly number[]
  readonly dropProbability: number
  /** Samples that were not trained on. */
  readonly samples: number
}

export const defaultPlan: Plan = { passes: [2, 8, 32, 128, 512, 2048], dropProbability: 0.5, samples: 150 }

export async function measure({ passes, dropProbability, samples }: Plan): Promise<Measured[]> {
  const points = spiral(samples, 2)
  const measured: Measured[] = []
  for (const name of networkNames) measured.push(await measureOne(name, dropProbability, passes, points))
  return measured
}
