// Evaluating and predicting: programs with a dynamic batch axis, in evaluation mode, without penalties.

import {
  add,
  type Backend,
  hyperparameters as collectHyperparameters,
  type Dataset,
  dynamic,
  filled,
  input,
  type Layer,
  type Loss,
  type Metric,
  type ModelTrace,
  numberOf,
  type Program,
  program,
  refuseAnswer,
  type Shape,
  type StateTransition,
  sum,
  type Tensor,
  tensorsOf,
  traceModel,
  type Value,
  type Values,
  value,
} from '@gradwerk/core'
import { batchInputs, type DataType, datasetFeeds } from './batch.ts'
import { hyperparameterFeeds, splitHyperparameters } from './hyperparameters.ts'
import { sampleLosses } from './loss-values.ts'

/** Samples per step of an evaluation; it changes speed and memory, and results by rounding only. */
export const evaluationBatch = 500

/** The parameters and states of a traced model as inputs of a program. */
export function modelInputs(trace: ModelTrace): Record<string, Tensor> {
  return Object.fromEntries([...trace.parameters, ...trace.states].map(([name, { tensor }]) => [name, tensor]))
}

/** What the figure of a metric is called. */
export function figureName({ name, figure }: Metric): string {
  return figure ?? name
}

/** `<metric>/<state>` */
function accumulators(metric: Metric, predictions: Tensor): [string, StateTransition['current']][] {
  const specs: unknown = metric.init(predictions)
  if (typeof specs !== 'object' || specs === null) return refuseAnswer(metric, 'init', 'states by name', specs)
  return Object.entries(metric.init(predictions)).map(([name, { shape }]) => [
    name,
    input(`${figureName(metric)}/${name}`, shape),
  ])
}

/** Evaluates a model on datasets of one type. */
export interface Evaluator {
  /** The shape of the predictions; the batch axis is dynamic. */
  readonly predictions: Shape
  /** `loss` (mean over the samples) and every metric by name. */
  evaluate(dataset: Dataset, parameters: Values): Promise<Record<string, number>>
}

export async function evaluator(
  backend: Backend,
  model: Layer,
  loss: Loss,
  metrics: readonly Metric[],
  data: DataType,
): Promise<Evaluator> {
  const hyperparameters = collectHyperparameters()
  const batch = batchInputs(data, dynamic)
  const trace = traceModel(model, batch.inputs, { hyperparameters })
  const { values: losses, weights } = sampleLosses(loss, trace.output, batch.targets, hyperparameters.scope('loss'))
  const lossSum = input('loss/sum', [])
  const state: Record<string, StateTransition> = { 'loss/sum': { current: lossSum, next: add(lossSum, sum(losses)) } }
  const initial: Record<string, Value> = { 'loss/sum': filled('float32', [], 0) }
  if (weights !== undefined) {
    const current = input('loss/weight', [])
    state['loss/weight'] = { current, next: add(current, sum(weights)) }
    initial['loss/weight'] = filled('float32', [], 0)
  }
  for (const metric of metrics) {
    const current = Object.fromEntries(accumulators(metric, trace.output))
    const call = { predictions: trace.output, targets: batch.targets, losses, weights }
    const next = tensorsOf(metric, 'update', metric.update(current, call), Object.keys(current))
    for (const [name, spec] of Object.entries(metric.init(trace.output))) {
      state[`${figureName(metric)}/${name}`] = { current: current[name] as Tensor, next: next[name] as Tensor }
      initial[`${figureName(metric)}/${name}`] = filled('float32', spec.shape, spec.initial)
    }
  }
  const { shared, inputs } = splitHyperparameters(hyperparameters)
  const parts: Program = {
    name: `evaluation of ${model.name}`,
    shared: { ...batch.shared, ...modelInputs(trace), ...shared },
    inputs: { rows: batch.rows, ...inputs },
    state,
    outputs: {},
  }
  const executable = await backend.compile(program(parts))
  const names = Object.keys(modelInputs(trace))
  return {
    predictions: trace.output.shape,
    async evaluate(dataset, parameters) {
      const chosen = Object.fromEntries(names.map((name) => [name, parameters[name] as Value]))
      let state: Values = initial
      for (const { steps, rows } of evaluationCalls(dataset.indices)) {
        const feeds = hyperparameterFeeds(hyperparameters, 0, steps, 1)
        const result = await executable.run({
          steps,
          shared: { ...datasetFeeds(dataset), ...chosen, ...feeds.shared },
          inputs: { rows, ...feeds.inputs },
          state,
        })
        state = result.state
      }
      const weight = state['loss/weight']
      const counted = weight === undefined ? dataset.indices.length : numberOf(weight)
      const figures: Record<string, number> = { loss: numberOf(state['loss/sum'] as Value) / counted }
      for (const metric of metrics) {
        const own = Object.keys(metric.init(trace.output)).map(
          (name) => [name, state[`${figureName(metric)}/${name}`] as Value] as const,
        )
        const figure: unknown = metric.result(Object.fromEntries(own))
        if (typeof figure !== 'number') refuseAnswer(metric, 'result', 'a number', figure)
        figures[figureName(metric)] = figure
        for (const [name, value] of Object.entries(metric.details?.(Object.fromEntries(own)) ?? {}))
          figures[`${figureName(metric)}.${name}`] = value
      }
      return figures
    },
  }
}

/** All rows in order: full batches in one call, the rest in another. */
function evaluationCalls(indices: Int32Array): { steps: number; rows: Value }[] {
  const batch = Math.min(evaluationBatch, indices.length)
  const steps = Math.floor(indices.length / batch)
  const full = { steps, rows: value('int32', [steps, batch], indices.subarray(0, steps * batch)) }
  const left = indices.subarray(steps * batch)
  return left.length === 0 ? [full] : [full, { steps: 1, rows: value('int32', [1, left.length], left) }]
}
