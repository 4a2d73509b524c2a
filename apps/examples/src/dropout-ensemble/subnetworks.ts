// All sub-networks that dropout can leave of a network, gone through one by one in float64.

import { type Dataset, numbers, type TrainedModel } from '@gradwerk/core'
import { classes, type Network } from './networks.ts'

export interface Subnetwork {
  /** With which probability dropout leaves just this one: pᵏ (1 − p)ʰ⁻ᵏ for k of h units dropped. */
  readonly probability: number
  /** [samples, 3] */
  readonly logits: readonly (readonly number[])[]
}

type Affine = (x: readonly number[]) => number[]

/** x · kernel + bias, layer by layer. */
function affineMaps({ parameters }: TrainedModel, { hidden }: Network): Affine[] {
  const of = (name: string) => (parameters[name] === undefined ? [] : Array.from(numbers(parameters[name])))
  return Array.from({ length: hidden.length + 1 }, (_, i) => {
    const path = i === 0 ? 'dense' : `dense_${i}`
    const [kernel, bias] = [of(`${path}.kernel`), of(`${path}.bias`)]
    return (x) => {
      const y = bias.slice()
      for (const [row, xi] of x.entries())
        for (let unit = 0; unit < y.length; unit++)
          y[unit] = (y[unit] as number) + xi * (kernel[row * y.length + unit] as number)
      return y
    }
  })
}

/** The logits of one sample where unit i is kept if bit i of the mask is set, counted over all hidden layers. */
function forward(layers: readonly Affine[], rectified: boolean, point: readonly number[], mask: number): number[] {
  let [x, first] = [point, 0]
  for (const layer of layers.slice(0, -1)) {
    const from = first
    x = layer(x).map((z, unit) => ((mask >> (from + unit)) & 1) * (rectified ? Math.max(z, 0) : z))
    first += x.length
  }
  return layers.at(-1)?.(x) ?? []
}

export function subnetworks(
  model: TrainedModel,
  network: Network,
  dropProbability: number,
  { inputs }: Dataset,
): Subnetwork[] {
  const units = network.hidden.reduce((total, count) => total + count, 0)
  const data = numbers(inputs)
  const layers = affineMaps(model, network)
  const points = Array.from({ length: inputs.shape[0] ?? 0 }, (_, i) => Array.from(data.slice(2 * i, 2 * i + 2)))
  return Array.from({ length: 2 ** units }, (_, mask) => {
    const kept = Array.from({ length: units }, (_, unit) => (mask >> unit) & 1).reduce((a, b) => a + b, 0)
    return {
      probability: (1 - dropProbability) ** kept * dropProbability ** (units - kept),
      logits: points.map((point) => forward(layers, network.rectified, point, mask)),
    }
  })
}

export function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits)
  const powers = logits.map((z) => Math.exp(z - most))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / total)
}

/** Σ probability · f(logits) over all sub-networks, for each sample. */
export function expectation(
  all: readonly Subnetwork[],
  f: (logits: readonly number[], sample: number) => readonly number[],
): number[][] {
  const samples = all[0]?.logits.length ?? 0
  const totals = Array.from({ length: samples }, () => new Array<number>(classes).fill(0))
  for (const { probability, logits } of all)
    for (const [i, row] of logits.entries())
      for (const [k, x] of f(row, i).entries()) (totals[i] as number[])[k] = (totals[i]?.[k] ?? 0) + probability * x
  return totals
}

/** The geometric mean of the sub-networks' probabilities, made to add up to 1: `∏ yₖ^q / Σⱼ ∏ yⱼ^q`. */
export function geometricMean(all: readonly Subnetwork[]): number[][] {
  const logs = expectation(all, (logits) => softmax(logits).map(Math.log))
  return logs.map((row) => softmax(row))
}
