// Whole small trainings, compared with PyTorch 1.13 (the file names its source): the objective of every step within 1e-5, the final numbers
// and the outputs in evaluation mode within 5e-5.

import { readFileSync } from 'node:fs'
import { ort } from '@gradwerk/backend-ort'
import {
  add,
  type Backend,
  cast,
  constant,
  type Dataset,
  div,
  evaluate,
  type GradientTransform,
  gather,
  type Initializer,
  type Layer,
  minimum,
  mul,
  type Optimizer,
  reference,
  reshape,
  type Schedule,
  sqrt,
  square,
  sum,
  traceModel,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { conv2d, dense, flatten, maxPool2d, relu, sequential, tanh } from '@gradwerk/layers'
import { meanSquaredError, softmaxCrossEntropy } from '@gradwerk/losses'
import { batchNorm } from '@gradwerk/normalization'
import { adam, adamW, sgd } from '@gradwerk/optimizers'
import { l1, ridge } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import type { StepOptions } from '../src/step-program.ts'
import { stepper } from '../src/stepper.ts'

interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface LayerEntry {
  readonly type: string
  readonly weight?: string
  readonly bias?: string | null
  readonly p?: number
}

interface Case {
  readonly name: string
  readonly inputs: Readonly<Record<string, Numbers>>
  readonly outputs: Readonly<Record<string, Numbers>>
  readonly options: {
    readonly model: readonly LayerEntry[]
    readonly optimizer: Readonly<Record<string, number | boolean | string>>
    readonly loss: string
    readonly label_smoothing: number
    readonly penalty: { readonly l1?: number; readonly l2?: number } | null
    readonly clip: { readonly max_norm: number } | null
    readonly steps: number
  }
}

const { cases } = JSON.parse(readFileSync(new URL('golden/training-runs.json', import.meta.url), 'utf8')) as {
  cases: Case[]
}

/** Rows become columns: PyTorch keeps dense kernels as [out, in]. */
function transposed({ shape: [rows = 0, columns = 0], data }: Numbers): number[] {
  return Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number)
}

function given(numbers: readonly number[]): Initializer {
  return { kind: 'initializer', name: 'given', options: {}, sample: () => Float32Array.from(numbers) }
}

/** Dropout with the masks of the file, one for each step. */
function maskedDropout(mask: Numbers, p: number): Layer {
  const masks = constant(valueOf('float32', mask.shape, mask.data))
  return {
    kind: 'layer',
    name: 'maskedDropout',
    options: {},
    apply(x, context) {
      if (!context.stochastic) return x
      const step = context.state('step', { shape: [], initial: 0 })
      context.setState('step', add(step, 1))
      return mul(mul(x, reshape(gather(masks, reshape(cast(step, 'int32'), [1])), x.shape)), 1 / (1 - p))
    },
  }
}

function layerOf(entry: LayerEntry, { inputs }: Case): Layer {
  const numbers = (name: string | null | undefined) => inputs[name ?? ''] as Numbers
  const { type, weight, bias } = entry
  if (type === 'linear') {
    const kernel = given(transposed(numbers(weight)))
    return dense(numbers(weight).shape[0] as number, {
      initializer: kernel,
      biasInitializer: given(numbers(bias).data),
    })
  }
  if (type === 'conv2d') {
    const [filters = 0, , kh = 0, kw = 0] = numbers(weight).shape
    return conv2d({
      filters,
      size: [kh, kw],
      padding: 'same',
      useBias: false,
      initializer: given(numbers(weight).data),
    })
  }
  if (type === 'batch_norm')
    return batchNorm({ scaleInitializer: given(numbers(weight).data), shiftInitializer: given(numbers(bias).data) })
  if (type === 'max_pool2d') return maxPool2d(2)
  if (type === 'dropout') return maskedDropout(numbers('mask'), entry.p ?? 0)
  const plain = { relu, tanh, flatten }[type]
  if (plain === undefined) throw new Error(type)
  return plain()
}

/** Clipping by the norm over all gradients, as PyTorch: scale = min(1, limit / (norm + 1e-6)). */
function clip(limit: number): GradientTransform {
  return {
    kind: 'gradientTransform',
    name: 'clip',
    options: {},
    transform(gradients) {
      const squares = [...gradients.values()].map((gradient) => sum(square(gradient))).reduce((a, b) => add(a, b))
      const scale = minimum(div(limit, add(sqrt(squares), 1e-6)), 1)
      return new Map([...gradients].map(([name, gradient]) => [name, mul(gradient, scale)]))
    },
  }
}

function optimizerOf({ inputs, options: { optimizer } }: Case): Optimizer {
  const { name, lr, momentum, nesterov, weight_decay } = optimizer as {
    name: string
    lr: number
    momentum: number
    nesterov: boolean
    weight_decay: number
  }
  const rates = inputs['lr']?.data
  const schedule: Schedule = { kind: 'schedule', name: 'table', options: {}, at: (step) => rates?.[step] ?? lr }
  const learningRate = rates === undefined ? lr : schedule
  if (name === 'adam') return adam({ learningRate })
  if (name === 'adamw') return adamW({ learningRate, weightDecay: weight_decay })
  return sgd({ learningRate, momentum, nesterov })
}

function stepOptions(run: Case): StepOptions {
  const { model, loss, label_smoothing: labelSmoothing, penalty, clip: clipping } = run.options
  const penalties = [
    ...(penalty?.l1 === undefined ? [] : [l1({ strength: penalty.l1, method: 'subgradient' })]),
    ...(penalty?.l2 === undefined ? [] : [ridge(penalty.l2)]),
  ]
  return {
    model: sequential(model.map((entry) => layerOf(entry, run))),
    loss: loss === 'mse' ? meanSquaredError() : softmaxCrossEntropy({ labelSmoothing }),
    optimizer: optimizerOf(run),
    regularizers: penalties.map((regularizer) => ({ regularizer })),
    gradientTransforms: clipping === null ? [] : [clip(clipping.max_norm)],
    augmentations: [],
  }
}

function datasetOf({ inputs: { x, y } }: Case): Dataset {
  const [batches = 0, batch = 0, ...features] = (x as Numbers).shape
  const rows = batches * batch
  const classes = (y as Numbers).shape.length === 2
  return {
    name: 'golden',
    real: false,
    inputs: valueOf('float32', [rows, ...features], (x as Numbers).data),
    targets: classes
      ? valueOf('int32', [rows], (y as Numbers).data)
      : valueOf('float32', [rows, ...(y as Numbers).shape.slice(2)], (y as Numbers).data),
    indices: Int32Array.from({ length: rows }, (_, i) => i),
    ...(classes ? { classes: 3 } : {}),
    inputScale: 1,
  }
}

/** Trains on batch k mod the number of batches, `stepsPerCall` steps a call. */
async function train(run: Case, backend: Backend, stepsPerCall: number) {
  const [batches = 0, batch = 0] = run.inputs['x']?.shape ?? []
  const options = stepOptions(run)
  const { initial, run: step } = await stepper(backend, options, datasetOf(run), [batch], [0, 0])
  let snapshot = initial
  const objectives: number[] = []
  for (let done = 0; done < run.options.steps; done += stepsPerCall) {
    const rows = Array.from(
      { length: stepsPerCall * batch },
      (_, i) => ((Math.floor(i / batch) + done) % batches) * batch + (i % batch),
    )
    const call = { steps: stepsPerCall, batchSize: batch, rows: valueOf('int32', [stepsPerCall, batch], rows) }
    const outcome = await step(snapshot, call, done, run.options.steps, 1)
    objectives.push(...outcome.objectives)
    snapshot = outcome.snapshot
  }
  const x = run.inputs['x_eval'] as Numbers
  const trace = traceModel(options.model, constant(valueOf('float32', x.shape, x.data)))
  const [output] = evaluate([trace.output], { ...snapshot.parameters, ...snapshot.state })
  return { objectives, snapshot, output: output as Value }
}

function expectClose(
  what: string,
  actual: ArrayLike<number | bigint> | undefined,
  expected: readonly number[],
  tolerance: number,
) {
  const worst = Math.max(...expected.map((x, i) => Math.abs(Number(actual?.[i]) - x)))
  expect(worst, what).toBeLessThanOrEqual(tolerance)
}

it('has every run', () => {
  expect(cases).toHaveLength(12)
})

const oneThread = ort({ threads: 1 })

describe.each([
  ['reference', reference(), 5],
  ['ort', oneThread, 1],
  ['ort', oneThread, 10],
] as const)('golden training runs on %s', (_, backend, stepsPerCall) => {
  it.each(cases.map((run) => [run.name, run] as const))(`%s, ${stepsPerCall} steps a call`, async (_, run) => {
    const { objectives, snapshot, output } = await train(run, backend, stepsPerCall)
    expectClose('loss', objectives, run.outputs['loss']?.data ?? [], 1e-5)
    expectClose('evaluation', output.data, run.outputs['eval_output']?.data ?? [], 5e-5)
    const parameters = [
      ...Object.values(snapshot.parameters),
      ...Object.entries(snapshot.state)
        .filter(([name]) => !name.endsWith('step'))
        .map(([, value]) => value),
    ]
    const expected = Object.entries(run.outputs).filter(([name]) => name.startsWith('final_'))
    expect(parameters).toHaveLength(expected.length)
    expected.forEach(([name, numbers], i) => {
      const isDense = numbers.shape.length === 2
      expectClose(name, parameters[i]?.data, isDense ? transposed(numbers) : numbers.data, 5e-5)
    })
  })
})
