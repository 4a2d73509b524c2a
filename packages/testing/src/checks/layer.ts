// What holds for layers.

import {
  add,
  constant,
  type DType,
  dynamic,
  evaluate,
  formatShape,
  gradients,
  initializeModel,
  input,
  isFloat,
  keyOf,
  type Layer,
  type ModelTrace,
  mean,
  type Shape,
  sameShape,
  sizeOf,
  square,
  sub,
  type Tensor,
  traceModel,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { CheckError, check } from '../errors.ts'
import { inFloat64, valuesInFloat64 } from '../float64.ts'
import { substitute } from '../substitute.ts'
import { assertClose, assertFinite, assertSame, doubles, type NumberRange, randomValue } from '../values.ts'
import { checkGradient, type GradientCheckOptions } from './gradient.ts'
import type { PluginCase } from './plugin.ts'

export interface LayerCase extends PluginCase<Layer> {
  /** Shape of one sample, without the batch axis. */
  readonly input: Shape
  /** Element type of the input. Default float32. */
  readonly dtype?: DType
  /** Numbers fed to the input. */
  readonly range?: NumberRange
  /** Shape of one output, without the batch axis. */
  readonly output: Shape
  /** Numbers of all trained parameters. */
  readonly parameters: number
  /** Whether training mode gives other numbers than evaluation mode. */
  readonly differsInTraining?: boolean
  /** false where evaluation needs a fixed batch size. Default true. */
  readonly dynamicBatch?: boolean
  /**
   * false where the layer has no ONNX file, or does not take what the file is verified with: floats of a normal distribution, whole numbers
   * from 0 to 255. Default: whether it takes a dynamic batch.
   */
  readonly exportable?: boolean
  /** Options of the gradient check, or false where the layer has no useful gradient. */
  readonly gradient?: GradientCheckOptions | false
  readonly batch?: number
}

export interface LayerRun {
  readonly trace: ModelTrace
  readonly x: Tensor
  readonly feeds: Values
}

const keyName = 'testing.key'

/** Traces a layer, draws its parameters from a fixed seed and some inputs. */
export function prepareLayer(
  testCase: LayerCase,
  training: boolean,
  batch: number = testCase.batch ?? 3,
  declared: number = batch,
): LayerRun {
  const { plugin, dtype = 'float32', range } = testCase
  const x = input('x', [declared, ...testCase.input], dtype)
  const key = input(keyName, [2], 'uint32')
  const trace = traceModel(plugin, x, training ? { stochastic: true, batchStatistics: true, key } : {})
  const { parameters, state } = initializeModel(trace, keyOf(1))
  const hyper = [...trace.hyperparameters.all].map(([name, { value }]) => [
    name,
    valueOf('float32', [], [typeof value === 'number' ? value : value.at(0, 1)]),
  ])
  // Inputs of a larger batch begin with those of a smaller one.
  const feeds: Values = {
    ...parameters,
    ...state,
    ...Object.fromEntries(hyper),
    [keyName]: valueOf('uint32', [2], [7, 11]),
    x: randomValue({ dtype, shape: [batch, ...testCase.input] }, 5, range),
  }
  return { trace, x, feeds }
}

function outputOf({ trace, feeds }: LayerRun): Value {
  return evaluate([trace.output], feeds)[0] as Value
}

/** Parameter count and output shape, in both modes. */
export function assertLayerTypes(testCase: LayerCase): void {
  const who = testCase.plugin.name
  for (const training of [false, true]) {
    const { trace } = prepareLayer(testCase, training)
    const expected = [testCase.batch ?? 3, ...testCase.output]
    check(sameShape(trace.output.shape, expected), who, 'the output has another shape', {
      expected: formatShape(expected),
      got: formatShape(trace.output.shape),
    })
    const count = [...trace.parameters.values()].reduce((total, { spec }) => total + sizeOf(spec.shape), 0)
    check(count === testCase.parameters, who, 'it has another number of parameters', {
      expected: String(testCase.parameters),
      got: `${count} (${[...trace.parameters].map(([name, { spec }]) => `${name} ${formatShape(spec.shape)}`).join(', ')})`,
    })
  }
}

/** The numbers of a layer are finite, have the shape that was announced, and computing them changes no input. */
export function assertLayerRuns(testCase: LayerCase): void {
  const who = testCase.plugin.name
  for (const training of [false, true]) {
    const run = prepareLayer(testCase, training)
    const before = Object.entries(run.feeds).map(
      ([name, value]) => [name, { ...value, data: value.data.slice() }] as const,
    )
    const next = [...run.trace.states.values()].map((state) => state.next)
    const [y, ...states] = evaluate([run.trace.output, ...next], run.feeds) as [Value, ...Value[]]
    check(sameShape(y.shape, run.trace.output.shape), who, 'its numbers have another shape than its type', {
      expected: formatShape(run.trace.output.shape),
      got: formatShape(y.shape),
    })
    for (const value of [y, ...states]) assertFinite(value, who)
    for (const [name, value] of before)
      assertSame(run.feeds[name] as Value, value, `${who} changed its input '${name}'`)
  }
}

/** Two layers give the same numbers, bit for bit. */
export function assertSameLayer(testCase: LayerCase, again: Layer): void {
  for (const training of [false, true]) {
    const expected = prepareLayer(testCase, training)
    const actual = prepareLayer({ ...testCase, plugin: again }, training)
    assertSame(outputOf(actual), outputOf(expected), `${again.name} made again from its options`)
  }
}

/** Training mode differs from evaluation mode exactly where the case says so. */
export function assertTrainingDifference(testCase: LayerCase): void {
  const training = doubles(outputOf(prepareLayer(testCase, true)))
  const evaluation = doubles(outputOf(prepareLayer(testCase, false)))
  const differs = training.some((x, i) => x !== evaluation[i])
  check(differs === testCase.differsInTraining, testCase.plugin.name, 'training against evaluation mode', {
    expected: testCase.differsInTraining === true ? 'other numbers' : 'the same numbers',
    got: differs ? 'other numbers' : 'the same numbers',
  })
}

/** A program with a dynamic batch axis gives the numbers of the one built for the batch size. */
export function assertDynamicBatch(testCase: LayerCase): void {
  for (const batch of [1, 3]) {
    const fixed = outputOf(prepareLayer(testCase, false, batch))
    const open = outputOf(prepareLayer(testCase, false, batch, dynamic))
    assertClose(open, fixed, { largest: 1e-6 }, `${testCase.plugin.name} with a dynamic batch of ${batch}`)
  }
}

/** The gradient with respect to parameters and float inputs, in both modes. */
export function assertLayerGradient(testCase: LayerCase): void {
  if (testCase.gradient === false) return
  for (const training of [false, true]) {
    const run = prepareLayer(testCase, training)
    const names = Object.keys(run.feeds).filter((name) => name === 'x' || run.trace.parameters.has(name))
    const fixed = Object.fromEntries(Object.entries(run.feeds).filter(([name]) => !names.includes(name)))
    const values = names.map((name) => run.feeds[name] as Value)
    if (!values.some(({ dtype }) => isFloat(dtype))) continue
    checkGradient(
      (...given) =>
        substitute(run.trace.output, (name) => given[names.indexOf(name)] ?? constant(fixed[name] as Value)),
      values,
      { who: `${testCase.plugin.name} in ${training ? 'training' : 'evaluation'} mode`, ...testCase.gradient },
    )
  }
}

/** A step along the negative gradient, sized to gain one per cent, lowers a squared error. */
export function assertLearns(testCase: LayerCase): void {
  const who = testCase.plugin.name
  const { trace, feeds } = prepareLayer(testCase, true)
  const target = constant(randomValue(trace.output, 23))
  const loss = [...trace.losses.values()].reduce(add, mean(square(sub(trace.output, target))))
  const entries = [...trace.parameters].map(([name, { tensor }]) => [name, tensor] as const)
  const slopes = gradients(
    loss,
    entries.map(([, tensor]) => tensor),
  )
  const wide = inFloat64([loss, ...slopes])
  const at = valuesInFloat64(feeds)
  const [before, ...steps] = evaluate(wide, at) as [Value, ...Value[]]
  const norm = steps.reduce((total, slope) => total + doubles(slope).reduce((sofar, g) => sofar + g * g, 0), 0)
  const start = Number(before.data[0])
  if (!(norm > 0))
    throw new CheckError({
      who,
      problem: 'no gradient reaches its parameters',
      expected: 'a gradient',
      got: String(norm),
    })
  const size = (0.01 * start) / norm
  const moved = entries.map(([name], i) => {
    const slope = doubles(steps[i] as Value)
    const from = at[name] as Value
    return [
      name,
      valueOf(
        'float64',
        from.shape,
        doubles(from).map((p, j) => p - size * (slope[j] as number)),
      ),
    ] as const
  })
  const [after] = evaluate([wide[0] as Tensor], { ...at, ...Object.fromEntries(moved) })
  check(Number(after?.data[0]) < start, who, 'a gradient step does not lower the loss', {
    expected: `less than ${start}`,
    got: String(after?.data[0]),
  })
}
