import {
  constant,
  constantHyperparameters,
  evaluate,
  hyperparameters,
  input,
  type Loss,
  OptionError,
  ShapeError,
  topological,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as losses from '@gradwerk/losses'
import { binaryCrossEntropy, meanSquaredError, softmaxCrossEntropy } from '@gradwerk/losses'
import { checkGradient, lossSuite, randomValue } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const registries = [losses]
const probabilities = { values: { low: 0, high: 1 } }
/** Rows of numbers ≥ 0 that add up to 1. */
const distributions = (classes: number) => ({
  make(batch: number, seed: number) {
    const raw = randomValue({ dtype: 'float32', shape: [batch, classes] }, seed, { low: 0, high: 1 })
    const all = Array.from(raw.data, Number)
    const total = (row: number) => all.slice(row * classes, (row + 1) * classes).reduce((sum, x) => sum + x, 0)
    return valueOf(
      'float32',
      [batch, classes],
      all.map((x, i) => x / total(Math.floor(i / classes))),
    )
  },
})
const bytes = {
  make: (batch: number, seed: number) => randomValue({ dtype: 'uint8', shape: [batch] }, seed, { low: 0, high: 3 }),
}

lossSuite(
  softmaxCrossEntropy,
  [
    { plugin: softmaxCrossEntropy(), predictions: [4], targets: { classes: 4 } },
    { plugin: softmaxCrossEntropy({ labelSmoothing: 0.1 }), predictions: [4], targets: { classes: 4 } },
    { plugin: softmaxCrossEntropy(), predictions: [4], targets: bytes, title: 'with labels of bytes' },
    { plugin: softmaxCrossEntropy(), predictions: [3], targets: distributions(3), title: 'soft targets' },
    {
      plugin: softmaxCrossEntropy({ labelSmoothing: 0.2 }),
      predictions: [3],
      targets: distributions(3),
      title: 'smoothed soft targets',
    },
  ],
  { registries },
)
lossSuite(
  binaryCrossEntropy,
  [
    { plugin: binaryCrossEntropy(), predictions: [3], targets: probabilities },
    { plugin: binaryCrossEntropy(), predictions: [], targets: { classes: 2 }, title: 'one logit, labels' },
    { plugin: binaryCrossEntropy(), predictions: [1], targets: { classes: 2 }, title: 'a column of logits, labels' },
    { plugin: binaryCrossEntropy(), predictions: [2, 2], targets: probabilities, title: 'images of logits' },
  ],
  { registries },
)
lossSuite(
  meanSquaredError,
  [
    { plugin: meanSquaredError(), predictions: [3], targets: { values: {} } },
    { plugin: meanSquaredError(), predictions: [1], targets: { classes: 9 }, title: 'a column, whole numbers' },
    { plugin: meanSquaredError(), predictions: [2, 3], targets: { values: {} }, title: 'matrices' },
  ],
  { registries },
)

function lossesOf(loss: Loss, predictions: Value, targets: Value): number[] {
  const values = loss.values(constant(predictions), constant(targets), constantHyperparameters().scope('loss'))
  return Array.from(evaluate([values])[0]?.data ?? [], Number)
}
const floats = (shape: number[], data: number[]) => valueOf('float32', shape, data)
const labels = (...data: number[]) => valueOf('int32', [data.length], data)

describe('by hand', () => {
  test('equal logits cost log(classes), a sure right answer nothing, a sure wrong answer its margin', () => {
    const logits = floats([3, 4], [2, 2, 2, 2, 1000, 0, 0, 0, 1000, 0, 0, 0])
    const [even, right, wrong] = lossesOf(softmaxCrossEntropy(), logits, labels(1, 0, 3))
    expect(even).toBeCloseTo(Math.log(4), 6)
    expect([right, wrong]).toEqual([0, 1000])
  })

  test('a logit of 0 costs log 2; large logits cost what they are wrong by', () => {
    const found = lossesOf(binaryCrossEntropy(), floats([3], [0, 500, -500]), labels(1, 0, 0))
    expect(found[0]).toBeCloseTo(Math.LN2, 6)
    expect(found.slice(1)).toEqual([500, 0])
  })

  test('squared errors are averaged over the outputs of a sample', () => {
    expect(lossesOf(meanSquaredError(), floats([2, 2], [1, 2, 3, 4]), floats([2, 2], [1, 4, 0, 0]))).toEqual([2, 12.5])
  })
})

test('targets [batch] are never broadcast against [batch, outputs]', () => {
  for (const loss of [meanSquaredError(), binaryCrossEntropy()])
    expect(() => lossesOf(loss, floats([2, 2], [1, 2, 3, 4]), floats([2], [1, 4]))).toThrow(ShapeError)
  expect(() => lossesOf(softmaxCrossEntropy(), floats([2, 2], [1, 2, 3, 4]), floats([2], [1, 0]))).toThrow(
    'softmaxCrossEntropy: targets that do not fit the predictions; expected integer [2] or float [2, 2]; got float32 [2]',
  )
})

test('cross-entropy of labels takes few nodes, forward', () => {
  const values = softmaxCrossEntropy().values(
    input('x', [8, 10]),
    input('labels', [8], 'int32'),
    constantHyperparameters().scope(''),
  )
  const computed = topological([values.expansion ?? values], ({ op, inputs }) =>
    op.name === 'logSoftmax' ? [] : inputs,
  )
  const names = computed.filter(({ op }) => op.name !== 'input' && op.name !== 'constant').map(({ op }) => op.name)
  expect(names).toEqual(['logSoftmax', 'reshape', 'equal', 'cast', 'mul', 'sum', 'sub'])
})

test('label smoothing is a hyper-parameter, and no part of the program where it is 0', () => {
  const traced = (labelSmoothing: number) => {
    const collected = hyperparameters()
    softmaxCrossEntropy({ labelSmoothing }).values(
      input('x', [8, 10]),
      input('labels', [8], 'int32'),
      collected.scope('loss'),
    )
    return [...collected.all].map(([name, { value }]) => [name, value])
  }
  expect(traced(0.1)).toEqual([['loss.labelSmoothing', 0.1]])
  expect(traced(0)).toEqual([])
})

describe('checkTargets', () => {
  test.each<[string, Loss, Value, number[], string]>([
    [
      'a label too large',
      softmaxCrossEntropy(),
      labels(0, 3, 10),
      [-1, 10],
      'softmaxCrossEntropy: the target of sample 2 is out of range; expected a class from 0 to 9; got 10',
    ],
    [
      'a negative label',
      softmaxCrossEntropy(),
      labels(-1),
      [-1, 10],
      'the target of sample 0 is out of range; expected a class from 0 to 9; got -1',
    ],
    [
      'too few classes',
      softmaxCrossEntropy(),
      floats([2, 2], [1, 0, 0, 1]),
      [-1, 3],
      'expected class indices [samples], or probabilities [samples, 3]; got float32 [2, 2]',
    ],
    ['labels as floats', softmaxCrossEntropy(), floats([2], [1, 0]), [-1, 3], 'got float32 [2]'],
    [
      'a negative probability',
      softmaxCrossEntropy(),
      floats([2, 2], [1, 0, -0.5, 1.5]),
      [-1, 2],
      'the target of sample 1 is out of range; expected a probability ≥ 0; got -0.5',
    ],
    [
      'a row that is no distribution',
      softmaxCrossEntropy(),
      floats([2, 2], [0.5, 0.5, 3, 2]),
      [-1, 2],
      'the target of sample 1 is no distribution over the 2 classes; expected probabilities that add up to 1 (within 0.001); got a sum of 5; try binaryCrossEntropy()',
    ],
    [
      'a byte that is no probability',
      binaryCrossEntropy(),
      valueOf('uint8', [2], [1, 2]),
      [-1, 1],
      'the target of sample 1 is out of range; expected a number from 0 to 1; got 2',
    ],
    [
      'an infinite target',
      meanSquaredError(),
      floats([1, 2], [0, Infinity]),
      [-1, 2],
      'the target of sample 0 is out of range; expected a finite number; got Infinity',
    ],
    [
      'too many outputs',
      meanSquaredError(),
      floats([1, 2], [0, 0]),
      [-1, 3],
      'expected the shape of the predictions, [?, 3]; got float32 [1, 2]',
    ],
  ])('refuses %s', (_, loss, targets, predictions, message) => {
    expect(() => loss.checkTargets?.(targets, predictions)).toThrow(
      expect.objectContaining({ name: 'DataError', message: expect.stringContaining(message) }),
    )
  })

  test.each<[Loss, Value, number[]]>([
    [softmaxCrossEntropy(), labels(0, 9), [-1, 10]],
    [softmaxCrossEntropy(), valueOf('uint8', [2], [0, 9]), [32, 10]],
    [softmaxCrossEntropy(), floats([1, 2], [0.25, 0.75]), [-1, 2]],
    [binaryCrossEntropy(), labels(0, 1), [-1, 1]],
    [binaryCrossEntropy(), floats([3], [0, 0.5, 1]), [-1]],
    [meanSquaredError(), floats([2, 1], [-5, 5]), [-1, 1]],
  ])('accepts what fits', (loss, targets, predictions) => {
    expect(() => loss.checkTargets?.(targets, predictions)).not.toThrow()
  })
})

test.each([-0.1, 1, Number.NaN])('label smoothing %d is refused', (labelSmoothing) => {
  expect(() => softmaxCrossEntropy({ labelSmoothing })).toThrow(OptionError)
})

test.each([
  softmaxCrossEntropy(),
  softmaxCrossEntropy({ labelSmoothing: 0.1 }),
  binaryCrossEntropy(),
  meanSquaredError(),
])('$name has the right gradient with respect to soft targets', (loss) => {
  const random = (seed: number) => randomValue({ dtype: 'float32', shape: [3, 4] }, seed, { low: 0.1, high: 1 })
  const scope = constantHyperparameters().scope('loss')
  checkGradient((predictions, targets) => loss.values(predictions, targets, scope), [random(1), random(2)])
})
