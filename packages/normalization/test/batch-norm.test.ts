import {
  constant,
  dynamic,
  evaluate,
  filled,
  gradients,
  input,
  keyOf,
  type Layer,
  type ModelTrace,
  numbers,
  OptionError,
  randomStream,
  revive,
  type Schedule,
  type Shape,
  ShapeError,
  sizeOf,
  type Tensor,
  traceModel,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import * as normalization from '@gradwerk/normalization'
import { batchNorm } from '@gradwerk/normalization'
import { describe, expect, test } from 'vitest'
import { expectClose, goldenCases, valueAt } from './golden.ts'

/** The numbers of the hyper-parameters at step 0. */
function hyperparametersOf({ hyperparameters }: ModelTrace): Values {
  return Object.fromEntries(
    [...hyperparameters.all].map(([name, { value }]) => [
      name,
      valueOf('float32', [], [typeof value === 'number' ? value : value.at(0, 1)]),
    ]),
  )
}

interface Options {
  readonly training: boolean
  readonly momentum: number
  readonly eps: number
  readonly affine: boolean
}

interface Step {
  readonly y: Value
  readonly state: Values
}

/** Normalizes a batch and returns the next running statistics. */
function run(layer: Layer, x: Value, feeds: Values, batchStatistics: boolean): Step {
  const trace = traceModel(layer, input('x', x.shape), { batchStatistics })
  const names = [...trace.states.keys()]
  const roots = [trace.output, ...[...trace.states.values()].map(({ next }) => next)]
  const [y, ...next] = evaluate(roots, { ...feeds, ...hyperparametersOf(trace), x })
  return { y: y as Value, state: Object.fromEntries(names.map((name, i) => [name, next[i] as Value])) }
}

function randomValue(shape: Shape, seed: number, mean = 0, deviation = 1): Value {
  const random = randomStream(keyOf(seed))
  return valueOf(
    'float32',
    shape,
    Float64Array.from({ length: sizeOf(shape) }, () => mean + deviation * random.normal()),
  )
}

const fresh = (channels: number): Values => ({
  scale: filled('float32', [channels], 1),
  shift: filled('float32', [channels], 0),
  mean: filled('float32', [channels], 0),
  variance: filled('float32', [channels], 1),
})

/** Mean and biased variance of channel c of a value [batch, channels, …]. */
function momentsOf({ shape, data }: Value, c: number): { mean: number; variance: number } {
  const [, channels = 1, ...rest] = shape
  const inner = sizeOf(rest)
  const own = Array.from(data, Number).filter((_, i) => Math.floor(i / inner) % channels === c)
  const mean = own.reduce((total, x) => total + x, 0) / own.length
  return { mean, variance: own.reduce((total, x) => total + (x - mean) ** 2, 0) / own.length }
}

describe.each(goldenCases<Options>('batch-norm'))(
  '$name equals PyTorch',
  ({ options, inputs, cotangents, outputs, gradients: expected, float32_noise }) => {
    const layer = batchNorm({
      momentum: options.momentum,
      epsilon: options.eps,
      useScale: options.affine,
      useShift: options.affine,
    })
    const learned: Values = options.affine ? { scale: valueAt(inputs, 'weight'), shift: valueAt(inputs, 'bias') } : {}
    const suffix = options.training ? '_0' : ''
    const running = {
      mean: valueAt(inputs, `running_mean${suffix}`),
      variance: valueAt(inputs, `running_var${suffix}`),
    }
    const noise = float32_noise.max_abs

    test.each(options.training ? ['three batches'] : [])('over %s', () => {
      let state: Values = running
      for (const step of [1, 2, 3]) {
        const made = run(layer, valueAt(inputs, `x${step}`), { ...learned, ...state }, true)
        expectClose(made.y, valueAt(outputs, `y${step}`), noise)
        expectClose(made.state.mean, valueAt(outputs, `running_mean_${step}`), noise)
        expectClose(made.state.variance, valueAt(outputs, `running_var_${step}`), noise)
        state = made.state
      }
    })

    test.each(options.training ? [] : ['evaluation'])('in %s, and leaves the running statistics', () => {
      const made = run(layer, valueAt(inputs, 'x'), { ...learned, ...running }, false)
      expectClose(made.y, valueAt(outputs, 'y'), noise)
      expect(made.state).toEqual(running)
    })

    test('in its gradients', () => {
      const given = valueAt(inputs, options.training ? 'x1' : 'x')
      const x = input('x', given.shape)
      const trace = traceModel(layer, x, { batchStatistics: options.training })
      const names = options.affine ? ['weight', 'bias'] : []
      const targets: Tensor[] = [x, ...[...trace.parameters.values()].map(({ tensor }) => tensor)]
      const cotangent = constant(valueAt(cotangents, options.training ? 'y1' : 'y'))
      const found = evaluate(gradients(trace.output, targets, cotangent), { ...learned, ...running, x: given })
      const wanted = [options.training ? 'x1' : 'x', ...names]
      expect(found).toHaveLength(wanted.length)
      wanted.forEach((name, i) => {
        expectClose(found[i], valueAt(expected, name), noise)
      })
    })
  },
)

describe('properties', () => {
  test.each([[[16, 3]], [[8, 3, 5]], [[4, 3, 4, 5]]])(
    'every channel of %j comes out with mean 0 and variance 1',
    (shape) => {
      const { y } = run(batchNorm(), randomValue(shape, 1, 7, 3), fresh(3), true)
      for (const c of [0, 1, 2]) {
        const { mean, variance } = momentsOf(y, c)
        expect(mean).toBeCloseTo(0, 6)
        expect(variance).toBeCloseTo(1, 4)
      }
    },
  )

  test('a large mean costs no accuracy beyond that of the numbers themselves', () => {
    const x = randomValue([256, 2], 3, 10_000, 1)
    const { y, state } = run(batchNorm({ momentum: 1 }), x, fresh(2), true)
    for (const c of [0, 1]) {
      const { mean, variance } = momentsOf(x, c)
      expect(numbers(state.variance as Value)[c]).toBeCloseTo((variance * 256) / 255, 3)
      expect(Math.abs((numbers(state.mean as Value)[c] as number) - mean)).toBeLessThan(1e-3)
      expect(momentsOf(y, c).variance).toBeCloseTo(1, 3)
    }
  })

  test.each([1, 100, 1e4])(
    'in evaluation a mean of %d deviations costs what rounding the running mean does',
    (size) => {
      const x = randomValue([256, 2], 3, size, 1)
      const layer = batchNorm({ momentum: 1 })
      const { state } = run(layer, x, fresh(2), true)
      const got = numbers(run(layer, x, { ...fresh(2), ...state }, false).y)
      for (const c of [0, 1]) {
        const { mean, variance } = momentsOf(x, c)
        for (let i = c; i < 512; i += 2) {
          const wanted = (Number(x.data[i]) - mean) / Math.sqrt((variance * 256) / 255 + 1e-5)
          expect(Math.abs((got[i] as number) - wanted)).toBeLessThan(
            2 ** -24 * (2 * size + 16 * (1 + Math.abs(wanted))),
          )
        }
      }
    },
  )

  test('with momentum 1, evaluating on the batch itself differs only by the unbiased variance', () => {
    const x = randomValue([6, 2], 4)
    const trained = run(batchNorm({ momentum: 1 }), x, fresh(2), true)
    const evaluated = run(batchNorm({ momentum: 1 }), x, { ...fresh(2), ...trained.state }, false)
    const ratio = numbers(trained.y).map((y: number, i: number) => y / (numbers(evaluated.y)[i] as number))
    for (const r of ratio) expect(r).toBeCloseTo(Math.sqrt(6 / 5), 3)
  })

  test('with momentum 0 the running statistics stay, bit for bit', () => {
    const before = { mean: randomValue([2], 5), variance: valueOf('float32', [2], [0.3, 2.7]) }
    expect(run(batchNorm({ momentum: 0 }), randomValue([6, 2], 4), { ...fresh(2), ...before }, true).state).toEqual(
      before,
    )
  })

  test('by hand: [1, 3] becomes ±1, and running statistics move by a tenth', () => {
    const { y, state } = run(batchNorm({ epsilon: 1e-12 }), valueOf('float32', [2, 1], [1, 3]), fresh(1), true)
    expect(Array.from(numbers(y))).toEqual([-1, 1])
    expect(numbers(state.mean as Value)[0]).toBeCloseTo(0.2, 6)
    expect(numbers(state.variance as Value)[0]).toBeCloseTo(0.9 + 0.1 * 2, 6)
  })

  test('cumulative statistics are plain averages over the batches seen', () => {
    const layer = batchNorm({ momentum: 'cumulative' })
    const batches = [1, 2, 3, 4].map((seed) => randomValue([6, 2], seed, seed))
    let state: Values = {}
    for (const [i, x] of batches.entries()) {
      state = run(layer, x, { ...fresh(2), batches: valueOf('float32', [], [0]), ...state }, true).state
      const seen = batches.slice(0, i + 1)
      for (const c of [0, 1]) {
        const moments = seen.map((batch) => momentsOf(batch, c))
        const average = (of: (m: { mean: number; variance: number }) => number) =>
          moments.reduce((total, m) => total + of(m), 0) / seen.length
        expect(numbers(state['mean'] as Value)[c]).toBeCloseTo(
          average(({ mean }) => mean),
          5,
        )
        expect(numbers(state['variance'] as Value)[c]).toBeCloseTo(
          average(({ variance }) => (variance * 6) / 5),
          5,
        )
      }
      expect(numbers(state['batches'] as Value)[0]).toBe(i + 1)
    }
    expect([...traceModel(layer, input('x', [4, 2])).states.keys()]).toEqual(['mean', 'variance'])
  })

  test('the momentum is an input of the program, and takes a schedule', () => {
    const schedule: Schedule = { kind: 'schedule', name: 'half', options: {}, at: () => 0.5 }
    const layer = batchNorm({ momentum: schedule })
    const trace = traceModel(layer, input('x', [4, 2]), { batchStatistics: true })
    expect([...trace.hyperparameters.all.keys()]).toEqual(['batchNorm.momentum'])
    const { state } = run(layer, filled('float32', [4, 2], 3), fresh(2), true)
    expect(state.mean).toEqual(filled('float32', [2], 1.5))
  })
})

describe('shapes', () => {
  test('evaluation takes any number of samples', () => {
    const trace = traceModel(batchNorm(), input('x', [dynamic, 2]))
    const [y] = evaluate([trace.output], { ...fresh(2), x: filled('float32', [1, 2], 3) })
    expect(y?.shape).toEqual([1, 2])
  })

  test.each([[[1, 4]], [[1, 4, 1, 1]]])(
    'a training batch %j of one value per channel is refused, in evaluation it is not',
    (shape) => {
      const trace = (batchStatistics: boolean) => traceModel(batchNorm(), input('x', shape), { batchStatistics })
      expect(() => trace(true)).toThrow(ShapeError)
      expect(() => trace(true)).toThrow(/at least 2 values per channel in training; got \[1, 4/)
      expect(trace(false).output.shape).toEqual(shape)
    },
  )

  test('one image of several pixels has a variance', () => {
    expect(traceModel(batchNorm(), input('x', [1, 4, 2, 2]), { batchStatistics: true }).output.shape).toEqual([
      1, 4, 2, 2,
    ])
  })

  test('a training program needs to know its batch', () => {
    expect(() => traceModel(batchNorm(), input('x', [dynamic, 4]), { batchStatistics: true })).toThrow(ShapeError)
  })

  test('an input without channels is refused', () => {
    expect(() => traceModel(batchNorm(), input('x', [4]))).toThrow(
      /expected \[batch, features\] or \[batch, channels, …\]; got \[4\]/,
    )
  })
})

describe('options', () => {
  test.each([
    [{ momentum: 1.1 }, 'momentum'],
    [{ momentum: -0.1 }, 'momentum'],
    [{ momentum: 'mean' }, 'momentum'],
    [{ epsilon: 0 }, 'epsilon'],
    [{ useScale: 1 }, 'useScale'],
    [{ scaleInitializer: 'ones' }, 'scaleInitializer'],
    [{ axis: 1 }, 'axis'],
  ])('%j is refused', (options, name) => {
    expect(() => batchNorm(options as never)).toThrow(OptionError)
    expect(() => batchNorm(options as never)).toThrow(`'${name}'`)
  })

  test('are complete, and make the same layer again', () => {
    const layer = batchNorm({ momentum: 0.3, useShift: false })
    expect(layer.options).toEqual({ momentum: 0.3, epsilon: 1e-5, useScale: true, useShift: false })
    expect(revive(JSON.parse(JSON.stringify(layer)), normalization)).toMatchObject({
      name: 'batchNorm',
      options: layer.options,
    })
  })

  test('initializers and flags reach the parameters', () => {
    const sevens = {
      kind: 'initializer',
      name: 'sevens',
      options: {},
      sample: () => new Float32Array(2).fill(7),
    } as const
    const { parameters } = traceModel(batchNorm({ scaleInitializer: sevens, useShift: false }), input('x', [4, 2]))
    expect([...parameters.keys()]).toEqual(['scale'])
    expect(parameters.get('scale')?.spec).toMatchObject({ role: 'scale', shape: [2], initializer: sevens })
  })
})
