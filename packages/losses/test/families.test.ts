// Losses that PyTorch's vectors do not hold: the suite of their kind, and the papers' equations in plain numbers.

import {
  constant,
  constantHyperparameters,
  evaluate,
  type Loss,
  OptionError,
  type Value,
  valueOf,
} from '@gradwerk/core'
import * as losses from '@gradwerk/losses'
import {
  binaryCrossEntropy,
  binaryCrossEntropyOfProbabilities,
  binaryFocal,
  categoricalHinge,
  focal,
  hinge,
  huber,
  klDivergence,
  klDivergenceOfLogs,
  meanAbsoluteError,
  multiClassHinge,
  negativeLogLikelihood,
  poisson,
  smoothL1,
  softmaxCrossEntropy,
  squaredHinge,
  squaredMultiClassHinge,
} from '@gradwerk/losses'
import { lossSuite, randomValue } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const registries = { registries: [losses] }
const anything = { values: { low: -2, high: 2 } }
const probabilities = { values: { low: 0.05, high: 0.95 } }
const logarithms = { low: -3, high: -0.1 }
/** Rows of [samples, classes] that add up to 1. */
const distributions = (classes: number) => ({
  make(batch: number, seed: number) {
    const raw = Array.from(
      randomValue({ dtype: 'float32', shape: [batch, classes] }, seed, { low: 0, high: 1 }).data,
      Number,
    )
    const total = (row: number) => raw.slice(row * classes, (row + 1) * classes).reduce((sum, x) => sum + x, 0)
    return valueOf(
      'float32',
      [batch, classes],
      raw.map((x, i) => x / total(Math.floor(i / classes))),
    )
  },
})
/** A class for each of 2 × 3 places. */
const places = {
  make: (batch: number, seed: number) =>
    randomValue({ dtype: 'int32', shape: [batch, 2, 3] }, seed, { low: 0, high: 3 }),
}
const sides = {
  make: (batch: number, seed: number) => {
    const bits = randomValue({ dtype: 'int32', shape: [batch, 3] }, seed, { low: 0, high: 1 })
    return valueOf(
      'float32',
      [batch, 3],
      Array.from(bits.data, Number).map((bit) => 2 * bit - 1),
    )
  },
}

lossSuite(
  softmaxCrossEntropy,
  [
    {
      plugin: softmaxCrossEntropy({ classWeights: [1, 0.5, 2, 0], labelSmoothing: 0.1 }),
      predictions: [4],
      targets: { classes: 4 },
    },
    { plugin: softmaxCrossEntropy({ ignoreIndex: 2 }), predictions: [4], targets: { classes: 4 } },
    {
      plugin: softmaxCrossEntropy({ classWeights: [1, 2, 3] }),
      predictions: [3],
      targets: distributions(3),
      title: 'weighted, soft targets',
    },
    {
      plugin: softmaxCrossEntropy({ classWeights: [1, 2, 3, 4] }),
      predictions: [4, 2, 3],
      targets: places,
      title: 'weighted, of places',
    },
  ],
  registries,
)
lossSuite(
  negativeLogLikelihood,
  [
    { plugin: negativeLogLikelihood(), predictions: [4], targets: { classes: 4 }, range: logarithms },
    {
      plugin: negativeLogLikelihood({ classWeights: [1, 2, 0, 1], ignoreIndex: 1 }),
      predictions: [4, 2, 3],
      targets: places,
      range: logarithms,
    },
  ],
  registries,
)
lossSuite(
  focal,
  [
    { plugin: focal(), predictions: [4], targets: { classes: 4 } },
    { plugin: focal(0.5), predictions: [4], targets: { classes: 4 } },
    { plugin: focal({ gamma: 0, classWeights: [1, 2, 3] }), predictions: [3], targets: distributions(3) },
    { plugin: focal({ gamma: 1, ignoreIndex: 0 }), predictions: [4, 2, 3], targets: places },
  ],
  registries,
)
lossSuite(
  binaryFocal,
  [
    { plugin: binaryFocal(), predictions: [3], targets: probabilities },
    { plugin: binaryFocal({ gamma: 0.5, alpha: 0.25 }), predictions: [1], targets: { classes: 2 } },
  ],
  registries,
)
lossSuite(
  binaryCrossEntropy,
  [
    { plugin: binaryCrossEntropy({ positiveWeight: 3 }), predictions: [3], targets: probabilities },
    {
      plugin: binaryCrossEntropy({ positiveWeight: [1, 2, 3], outputWeights: [0, 1, 2] }),
      predictions: [2, 3],
      targets: probabilities,
    },
  ],
  registries,
)
lossSuite(
  binaryCrossEntropyOfProbabilities,
  [
    {
      plugin: binaryCrossEntropyOfProbabilities(),
      predictions: [3],
      targets: probabilities,
      range: { low: 0.05, high: 0.95 },
    },
  ],
  registries,
)
lossSuite(
  meanAbsoluteError,
  [
    { plugin: meanAbsoluteError(), predictions: [3], targets: anything },
    { plugin: meanAbsoluteError(), predictions: [1], targets: { classes: 9 }, title: 'a column, whole numbers' },
  ],
  registries,
)
lossSuite(
  huber,
  [
    { plugin: huber(), predictions: [3], targets: anything },
    { plugin: huber(0.3), predictions: [2, 3], targets: anything },
  ],
  registries,
)
lossSuite(
  smoothL1,
  [
    { plugin: smoothL1(), predictions: [3], targets: anything },
    { plugin: smoothL1(0.3), predictions: [2, 3], targets: anything },
  ],
  registries,
)
lossSuite(
  hinge,
  [
    { plugin: hinge(), predictions: [3], targets: sides },
    { plugin: hinge(), predictions: [1], targets: { classes: 2 } },
  ],
  registries,
)
lossSuite(squaredHinge, [{ plugin: squaredHinge(), predictions: [3], targets: sides }], registries)
for (const factory of [multiClassHinge, squaredMultiClassHinge, categoricalHinge])
  lossSuite(
    factory,
    [
      { plugin: factory(), predictions: [4], targets: { classes: 4 } },
      { plugin: factory(0.3), predictions: [4, 2, 3], targets: places },
    ],
    registries,
  )
lossSuite(
  klDivergence,
  [{ plugin: klDivergence(), predictions: [3], targets: distributions(3), range: logarithms, nonnegative: false }],
  registries,
)
lossSuite(
  klDivergenceOfLogs,
  [
    {
      plugin: klDivergenceOfLogs(),
      predictions: [3],
      targets: { values: logarithms },
      range: logarithms,
      nonnegative: false,
    },
  ],
  registries,
)
lossSuite(
  poisson,
  [{ plugin: poisson(), predictions: [3], targets: { values: { low: 0, high: 5 } }, nonnegative: false }],
  registries,
)

const floats = (shape: number[], data: number[]) => valueOf('float32', shape, data)
const labels = (...data: number[]) => valueOf('int32', [data.length], data)
const scope = constantHyperparameters().scope('loss')
function lossesOf(loss: Loss, predictions: Value, targets: Value): number[] {
  return Array.from(evaluate([loss.values(constant(predictions), constant(targets), scope)])[0]?.data ?? [], Number)
}
function expectNumbers(found: readonly number[], expected: readonly number[]) {
  expect(found).toHaveLength(expected.length)
  for (const [i, x] of expected.entries()) expect(found[i]).toBeCloseTo(x, 5)
}
const softmax = (row: readonly number[]) => {
  const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
  return row.map((x) => Math.exp(x) / total)
}

describe('the equations of the papers', () => {
  const rows = [
    [0.3, -1.2, 2.1],
    [1.5, 0.2, -0.4],
    [-2, 0.1, 0.3],
  ]
  const targets = [2, 1, 0]
  const scores = floats([3, 3], rows.flat())

  test.each([0, 0.5, 2, 5])('focal, γ = %d', (gamma) => {
    const weights = [0.5, 2, 1]
    const expected = rows.map((row, i) => {
      const target = targets[i] as number
      const p = softmax(row)[target] as number
      return -(weights[target] as number) * (1 - p) ** gamma * Math.log(p)
    })
    expectNumbers(lossesOf(focal({ gamma, classWeights: weights }), scores, labels(...targets)), expected)
  })

  test('binary focal with α', () => {
    const [gamma, alpha] = [1.5, 0.3]
    const logits = [-2, -0.5, 0, 1, 3]
    const truth = [1, 0, 1, 0, 1]
    const expected = logits.map((x, i) => {
      const positive = 1 / (1 + Math.exp(-x))
      const [p, a] = truth[i] === 1 ? [positive, alpha] : [1 - positive, 1 - alpha]
      return -a * (1 - p) ** gamma * Math.log(p)
    })
    expectNumbers(lossesOf(binaryFocal({ gamma, alpha }), floats([5], logits), labels(...truth)), expected)
  })

  test('no power and no overflow: γ = 0 is cross-entropy, and sure decisions have finite losses', () => {
    expectNumbers(
      lossesOf(focal(0), scores, labels(...targets)),
      lossesOf(softmaxCrossEntropy(), scores, labels(...targets)),
    )
    const sure = floats([4], [200, -200, 200, -200])
    expectNumbers(lossesOf(binaryFocal(0.5), sure, labels(1, 0, 0, 1)), [0, 0, 200, 200])
    expectNumbers(lossesOf(focal(0.5), floats([2, 2], [200, 0, 0, 200]), labels(0, 0)), [0, 200])
  })

  test('hinges over classes', () => {
    const lacking = (i: number) => {
      const row = rows[i] as number[]
      const target = targets[i] as number
      return row.flatMap((x, c) => (c === target ? [] : [Math.max(0, 0.7 + x - (row[target] as number))]))
    }
    const each = [0, 1, 2].map(lacking)
    const of = (loss: Loss) => lossesOf(loss, scores, labels(...targets))
    expectNumbers(
      of(multiClassHinge(0.7)),
      each.map((terms) => terms.reduce((a, b) => a + b) / 3),
    )
    expectNumbers(
      of(squaredMultiClassHinge(0.7)),
      each.map((terms) => terms.reduce((a, b) => a + b * b, 0) / 3),
    )
    expectNumbers(
      of(categoricalHinge(0.7)),
      each.map((terms) => Math.max(...terms)),
    )
  })

  test('hinges of decisions take 0 for −1', () => {
    const x = floats([4], [0.4, -3, 2, 0.4])
    expectNumbers(lossesOf(hinge(), x, labels(1, 1, 0, -1)), [0.6, 4, 3, 1.4])
    expectNumbers(lossesOf(squaredHinge(), x, labels(1, 1, 0, -1)), [0.36, 16, 9, 1.96])
  })

  test('errors of 0.5 and 3 under the robust losses', () => {
    const [x, t] = [floats([2], [1.5, 4]), floats([2], [1, 1])]
    expectNumbers(lossesOf(meanAbsoluteError(), x, t), [0.5, 3])
    expectNumbers(lossesOf(huber(2), x, t), [0.125, 4])
    expectNumbers(lossesOf(smoothL1(2), x, t), [0.0625, 2])
  })

  test('the divergence from itself is 0, and zeros in the target cost nothing', () => {
    const given = [0.5, 0.5, 0]
    const x = floats([1, 3], [Math.log(0.5), Math.log(0.5), -50])
    expectNumbers(lossesOf(klDivergence(), x, floats([1, 3], given)), [0])
    expectNumbers(lossesOf(klDivergence(), floats([1, 3], [-1, -2, -3]), floats([1, 3], given)), [-Math.LN2 + 1.5])
  })

  test('Poisson: smallest where the rate is the count', () => {
    const at = (rate: number) => lossesOf(poisson(), floats([1], [Math.log(rate)]), labels(4))[0] as number
    expect(at(4)).toBeCloseTo(4 - 4 * Math.log(4), 5)
    expect(Math.min(at(3.5), at(4.5))).toBeGreaterThan(at(4))
  })
})

describe('what a sample counts', () => {
  const weightsOf = (loss: Loss, predictions: Value, targets: Value) => {
    const weights = loss.weights?.(constant(predictions), constant(targets), scope)
    return weights && Array.from(evaluate([weights])[0]?.data ?? [], Number)
  }
  const logits = floats([3, 2], [1, 2, 3, 4, 5, 6])

  test('the weight of its class, 0 where it is ignored, and the mean of its places', () => {
    expect(weightsOf(softmaxCrossEntropy({ classWeights: [3, 5] }), logits, labels(1, 0, 1))).toEqual([5, 3, 5])
    expect(weightsOf(focal({ ignoreIndex: 0 }), logits, labels(1, 0, 1))).toEqual([1, 0, 1])
    const both = negativeLogLikelihood({ classWeights: [3, 5], ignoreIndex: -1 })
    expect(
      weightsOf(both, floats([1, 2, 3], [1, 2, 3, 4, 5, 6]), valueOf('int32', [1, 3], [-1, 0, 1]))?.[0],
    ).toBeCloseTo(8 / 3)
  })

  test('0 where an ignored class is one of the classes, whatever its weight', () => {
    const loss = softmaxCrossEntropy({ classWeights: [3, 5], ignoreIndex: 0, labelSmoothing: 0.1 })
    expect(weightsOf(loss, logits, labels(1, 0, 1))).toEqual([5, 0, 5])
    expect(lossesOf(loss, logits, labels(1, 0, 1))[1]).toBe(0)
  })

  test('1, where all count alike', () => {
    expect(weightsOf(softmaxCrossEntropy(), logits, labels(1, 0, 1))).toBeUndefined()
    const soft = floats([3, 2], [1, 0, 0, 1, 0.5, 0.5])
    expect(weightsOf(softmaxCrossEntropy({ classWeights: [3, 5] }), logits, soft)).toBeUndefined()
  })
})

describe('refusals', () => {
  test.each<[string, () => unknown]>([
    ['a negative class weight', () => softmaxCrossEntropy({ classWeights: [1, -1] })],
    ['weights of 0', () => softmaxCrossEntropy({ classWeights: [0, 0] })],
    ['no weights', () => focal({ classWeights: [] })],
    ['a negative γ', () => focal(-1)],
    ['an α above 1', () => binaryFocal({ alpha: 1.5 })],
    ['a δ of 0', () => huber(0)],
    ['a margin of 0', () => multiClassHinge(0)],
    ['a positive weight of 0', () => binaryCrossEntropy({ positiveWeight: 0 })],
  ])('%s', (_, make) => expect(make).toThrow(OptionError))

  test('another number of weights than classes or outputs', () => {
    const x = floats([2, 3], [1, 2, 3, 4, 5, 6])
    expect(() => lossesOf(softmaxCrossEntropy({ classWeights: [1, 2] }), x, labels(0, 1))).toThrow(
      'softmaxCrossEntropy: not one weight for each class; expected 3 class weights for predictions [2, 3]; got 2',
    )
    expect(() => lossesOf(binaryCrossEntropy({ positiveWeight: [1, 2] }), x, x)).toThrow(
      /not one weight for each output/,
    )
  })

  test.each<[string, Loss, Value, number[], string]>([
    [
      'a class that is not the ignored one',
      softmaxCrossEntropy({ ignoreIndex: -1 }),
      labels(-1, -2),
      [-1, 3],
      'sample 1 is out of range; expected a class from 0 to 2, or -1; got -2',
    ],
    [
      'places of another number',
      softmaxCrossEntropy(),
      valueOf('int32', [1, 4], [0, 0, 0, 0]),
      [-1, 2, 5],
      'class indices [samples, 5]',
    ],
    [
      'a place without a distribution',
      softmaxCrossEntropy(),
      floats([2, 2, 2], [1, 0, 0, 1, 1, 0.5, 0, 0]),
      [-1, 2, 2],
      'sample 1 is no distribution over the 2 classes; expected probabilities that add up to 1 (within 0.001); got a sum of 0.5',
    ],
    ['a side that is none', hinge(), labels(2), [-1], 'expected 0 or 1, or −1 or 1; got 2'],
    ['a negative count', poisson(), floats([1], [-1]), [-1], 'expected a finite count ≥ 0; got -1'],
    [
      'a divergence from no distribution',
      klDivergence(),
      floats([1, 2], [0.5, 0.6]),
      [-1, 2],
      'klDivergence: the target of sample 0 is no distribution',
    ],
  ])('%s', (_, loss, targets, predictions, message) => {
    expect(() => loss.checkTargets?.(targets, predictions)).toThrow(message)
  })
})
