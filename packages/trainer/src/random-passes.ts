// Means and variances over many random passes of a model, gathered in the program.

import {
  add,
  type Backend,
  cast,
  hyperparameters as collectHyperparameters,
  div,
  filled,
  fold,
  input,
  type Key,
  mul,
  numbers,
  OptionError,
  program,
  type StateTransition,
  sub,
  type Tensor,
  type TrainedModel,
  topological,
  traceModel,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import { modelInputs } from './evaluation.ts'
import { hyperparameterFeeds, splitHyperparameters } from './hyperparameters.ts'
import { joinRows, rowsOf } from './prediction.ts'
import { stepKeys } from './schedule.ts'
import { defaultStepsPerCall } from './steps-per-call.ts'

/** Samples that share a pass: each of them has masks of its own. */
const passBatch = 128

export interface Spread {
  readonly mean: Value
  /** Unbiased, over the passes. */
  readonly variance: Value
}

interface Passes {
  /** Passes over a batch with a key: the state they end with. */
  run(samples: Value, key: Key): Promise<Values>
}

export interface PassOptions {
  readonly who: string
  readonly backend: Backend
  readonly passes: number
  readonly key: Key
  readonly inputScale: number
}

/** Welford's sums of numbers that come one after another. */
function welford(name: string, x: Tensor, count: Tensor): Record<string, StateTransition> {
  const mean = input(`${name}/mean`, x.shape)
  const squares = input(`${name}/squares`, x.shape)
  const off = sub(x, mean)
  const next = add(mean, div(off, count))
  return {
    [`${name}/mean`]: { current: mean, next },
    [`${name}/squares`]: { current: squares, next: add(squares, mul(off, sub(x, next))) },
  }
}

async function compiled(
  { layer, parameters, state: states }: TrainedModel,
  batch: Value,
  quantities: (output: Tensor) => Readonly<Record<string, Tensor>>,
  { who, backend, passes, inputScale }: PassOptions,
): Promise<Passes> {
  const samples = input('samples', batch.shape, batch.dtype)
  const scale = input('inputScale', [])
  const key = input('key', [2], 'uint32')
  const hyperparameters = collectHyperparameters()
  const scaled = mul(cast(samples, 'float32'), scale)
  const trace = traceModel(layer, scaled, { stochastic: true, key, hyperparameters })
  if (!topological([trace.output]).includes(key))
    throw new OptionError({
      who,
      problem: 'nothing in the model is random, so that all passes would be one',
      hint: 'a model with dropout',
    })
  const split = splitHyperparameters(hyperparameters)
  const before = input('passes', [])
  const count = add(before, 1)
  const state: Record<string, StateTransition> = { passes: { current: before, next: count } }
  for (const [name, x] of Object.entries(quantities(trace.output))) Object.assign(state, welford(name, x, count))
  const traced = program({
    name: `random passes of ${layer.name}`,
    shared: { samples, inputScale: scale, ...modelInputs(trace), ...split.shared },
    inputs: { key, ...split.inputs },
    state,
    outputs: {},
  })
  const executable = await backend.compile(traced)
  const known: Values = { ...parameters, ...states }
  const chosen = Object.fromEntries(Object.keys(modelInputs(trace)).map((name) => [name, known[name] as Value]))
  const most = defaultStepsPerCall(traced)
  return {
    async run(given, from) {
      let now: Values = Object.fromEntries(
        Object.entries(state).map(([name, { current }]) => [name, filled('float32', current.shape, 0)]),
      )
      for (let done = 0; done < passes; done += most) {
        const steps = Math.min(most, passes - done)
        const feeds = hyperparameterFeeds(hyperparameters, 0, 1, 1)
        const repeated = Object.entries(feeds.inputs).map(([name, { data }]) => [
          name,
          value('float32', [steps], new Float32Array(steps).fill(Number(data[0]))),
        ])
        const result = await executable.run({
          steps,
          shared: { samples: given, inputScale: filled('float32', [], inputScale), ...chosen, ...feeds.shared },
          inputs: { key: stepKeys(from, done, steps), ...Object.fromEntries(repeated) },
          state: now,
        })
        now = result.state
      }
      return now
    },
  }
}

/** Mean and variance of quantities [samples, …] of a model's output over random passes, for samples [samples, …features]. */
export async function randomPasses(
  model: TrainedModel,
  samples: Value,
  quantities: (output: Tensor) => Readonly<Record<string, Tensor>>,
  options: PassOptions,
): Promise<Readonly<Record<string, Spread>>> {
  const total = samples.shape[0] as number
  const programs = new Map<number, Promise<Passes>>()
  const parts: Values[] = []
  for (let start = 0; start < total; start += passBatch) {
    const batch = rowsOf(samples, start, Math.min(start + passBatch, total))
    const size = batch.shape[0] as number
    const made = programs.get(size) ?? compiled(model, batch, quantities, options)
    programs.set(size, made)
    parts.push(await (await made).run(batch, fold(options.key, `batch ${start / passBatch}`)))
  }
  const names = Object.keys(parts[0] ?? {}).flatMap((name) => (name.endsWith('/mean') ? [name.slice(0, -5)] : []))
  const joined = (name: string) => joinRows(parts.map((part) => part[name] as Value))
  return Object.fromEntries(
    names.map((name) => {
      const squares = joined(`${name}/squares`)
      const variance = Float32Array.from(numbers(squares), (x) => x / (options.passes - 1))
      return [name, { mean: joined(`${name}/mean`), variance: { ...squares, data: variance } }]
    }),
  )
}
