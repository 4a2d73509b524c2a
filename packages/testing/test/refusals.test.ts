// Every check of the suites refuses a plugin that is wrong in the way it looks for.

import {
  add,
  clip,
  keyOf,
  type Layer,
  mul,
  neg,
  type Optimizer,
  type Regularizer,
  randomStream,
  relu,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from '@gradwerk/core'
import * as testing from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'
import * as plugins from './plugins.ts'

const refusal = (problem: string) =>
  expect.objectContaining({ name: 'CheckError', message: expect.stringContaining(problem) })

function refused(run: () => void, problem: string): void {
  expect(run).toThrow(refusal(problem))
}

describe('plugins', () => {
  const l1 = plugins.l1()

  test('of another kind or name', () => {
    refused(() => testing.assertPlugin(plugins.l1, l1, 'layer'), 'it is of another kind')
    refused(() => testing.assertPlugin(plugins.l1, { ...l1, name: 'lasso' }), 'its name is not that of its factory')
  })

  test('whose options do not survive JSON', () => {
    refused(
      () => testing.roundTrip(plugins.l1, { ...l1, options: { strength: Number.POSITIVE_INFINITY } }),
      'options.strength is Infinity',
    )
    refused(() => testing.roundTrip(plugins.l1, { ...l1, options: { strength: () => 1 } }), 'is a function')
    refused(() => testing.roundTrip(() => plugins.l1({ strength: 7 }), l1), 'its options change')
  })

  test('that take any option', () => {
    refused(() => testing.assertRefusesUnknownOption(() => l1, l1), 'an unknown option is accepted')
    const wrong = () => {
      throw new TypeError('noSuchOption')
    }
    refused(() => testing.assertRefusesUnknownOption(wrong, l1), 'with the wrong error')
  })
})

describe('layers', () => {
  const layer = (apply: Layer['apply']): Layer => ({ kind: 'layer', name: 'wrong', options: {}, apply })
  const right: testing.LayerCase = { plugin: plugins.dense({ units: 4 }), input: [3], output: [4], parameters: 16 }
  const wrong = (apply: Layer['apply']): testing.LayerCase => ({ ...right, plugin: layer(apply) })
  const { apply } = right.plugin

  test('with other shapes or parameters than stated', () => {
    refused(() => testing.assertLayerTypes({ ...right, output: [5] }), 'the output has another shape')
    refused(() => testing.assertLayerTypes({ ...right, parameters: 12 }), 'another number of parameters')
  })

  test('whose numbers are not finite', () => {
    refused(() => testing.assertLayerRuns(wrong((x, c) => sqrt(neg(square(apply(x, c)))))), 'not finite')
  })

  test('that compute something else when made again', () => {
    refused(
      () =>
        testing.assertSameLayer(
          right,
          layer((x, c) => mul(apply(x, c), 1.0001)),
        ),
      'made again',
    )
  })

  test('that do not differ in training', () => {
    refused(
      () => testing.assertTrainingDifference({ ...right, differsInTraining: true }),
      'training against evaluation',
    )
  })

  test('that treat a dynamic batch differently', () => {
    const twice = wrong((x, c) => (x.shape[0] === -1 ? mul(apply(x, c), 2) : apply(x, c)))
    refused(() => testing.assertDynamicBatch(twice), 'with a dynamic batch of 1')
  })

  test('that do not learn', () => {
    refused(() => testing.assertLearns(wrong((x, c) => stopGradient(apply(x, c)))), 'no gradient reaches')
  })
})

describe('initializers', () => {
  const std = 0.1
  const off = {
    plugin: plugins.heNormal({ gain: 2 * 1.01 ** 2 }),
    shape: [200, 100],
    distribution: testing.normalDistribution({ std }),
  }

  test('a standard deviation that is 1 % off', () => {
    refused(() => testing.assertDraws(off), 'the variance of 260000 draws')
  })

  test('a mean that is off, and another distribution of the same moments', () => {
    const { plugin } = off
    const moved = {
      ...plugin,
      sample: (...call: Parameters<typeof plugin.sample>) =>
        plugins
          .heNormal()
          .sample(...call)
          .map((x) => x + 0.002),
    }
    refused(() => testing.assertDraws({ ...off, plugin: moved }), 'the mean of 260000 draws')
    const bound = std * Math.sqrt(3)
    const flat = {
      ...plugin,
      sample: (_: unknown, __: unknown, random: { uniform(): number }) =>
        Float32Array.from({ length: 20_000 }, () => bound * (2 * random.uniform() - 1)),
    }
    refused(() => testing.assertDraws({ ...off, plugin: flat }), 'Kolmogorov')
  })

  test('that ignore or forget the seed', () => {
    refused(
      () => testing.assertSeeding({ plugin: plugins.zeros(), shape: [2], random: true }),
      'another seed gives the same',
    )
    let calls = 0
    const drifting = { ...plugins.zeros(), sample: () => new Float32Array(2).fill(calls++) }
    refused(() => testing.assertSeeding({ plugin: drifting, shape: [2] }), 'the same seed gives other numbers')
  })

  test('a truncated normal that forgets to rescale', () => {
    const random = randomStream(keyOf(5))
    const draws = new Float64Array(testing.drawCount).map(() => {
      for (;;) {
        const x = random.normal()
        if (Math.abs(x) <= 2) return x
      }
    })
    const stated = testing.truncatedNormalDistribution()
    refused(() => testing.assertDistribution(draws, stated), 'the variance of 256000 draws')
    testing.assertDistribution(
      draws.map((x) => x / 0.8796256610342398),
      stated,
    )
  })
})

describe('optimizers', () => {
  const right = plugins.momentum({ learningRate: 0.05 })
  const wrong = (update: Optimizer['update']): Optimizer => ({ ...right, name: 'wrong', update })

  test('that climb, crawl or explode', async () => {
    const climbing = wrong((call, scope) => right.update({ ...call, gradient: neg(call.gradient) }, scope))
    await expect(testing.assertConvergesEverywhere({ plugin: climbing })).rejects.toThrow(
      /too much of the loss|not finite/,
    )
    await expect(
      testing.assertConvergesEverywhere({ plugin: plugins.momentum({ learningRate: 1e-5 }) }),
    ).rejects.toThrow('too much of the loss')
    await expect(testing.assertConvergesEverywhere({ plugin: plugins.momentum({ learningRate: 50 }) })).rejects.toThrow(
      'not finite',
    )
  })

  test('whose slots change their shape or vanish', async () => {
    const summed = wrong((call, scope) => ({ ...right.update(call, scope), slots: { velocity: sum(call.gradient) } }))
    await expect(testing.assertConvergesEverywhere({ plugin: summed })).rejects.toThrow(
      "slot 'velocity' changes its type",
    )
    const forgetful = wrong((call, scope) => ({ ...right.update(call, scope), slots: {} }))
    await expect(testing.assertConvergesEverywhere({ plugin: forgetful })).rejects.toThrow(
      'an update gives other slots',
    )
  })

  test('that state another step size', () => {
    const wrongStep = wrong((call, scope) => ({
      ...right.update(call, scope),
      stepSize: scope.hyperparameter('learningRate', 0.05),
    }))
    refused(() => testing.assertStepSize(wrongStep), 'the change of the parameter against its step size')
  })
})

describe('regularizers', () => {
  const right = plugins.l1()
  const wrong = (parts: Partial<Regularizer>): testing.RegularizerCase => ({
    plugin: { ...right, name: 'wrong', ...parts },
  })

  test('with a negative or shaped penalty, or a gradient that breaks at 0', () => {
    refused(() => testing.assertPenalty(wrong({ penalty: (w) => neg(sum(square(w))) })), 'not a number ≥ 0')
    refused(() => testing.assertPenalty(wrong({ penalty: square })), 'not a scalar')
    refused(() => testing.assertPenalty(wrong({ penalty: (w) => sqrt(sum(square(w))) })), 'its gradient at 0')
  })

  test('with a proximal map of another penalty', () => {
    refused(
      () => testing.assertProximal(wrong({ proximal: (w, t) => mul(w, sub(1, mul(t, 0.01))) })),
      'is not the minimum',
    )
    refused(() => testing.assertProximal(wrong({ penalty: (w) => mul(sum(relu(w)), 0.1) })), 'is not the minimum')
  })

  test('with a loss term that is not a scalar', () => {
    refused(() => testing.assertLossTerm(wrong({ lossTerm: ({ predictions }) => predictions })), 'not a scalar')
  })
})

describe('constraints', () => {
  const right: testing.ConstraintCase = {
    plugin: plugins.unitBox(),
    holds: (w) => testing.doubles(w).every((x) => Math.abs(x) <= 1),
  }

  test('that miss the set, or move its points', () => {
    refused(
      () => testing.assertProjection({ ...right, plugin: { ...right.plugin, project: (w) => clip(w, -2, 2) } }),
      'lies outside',
    )
    refused(
      () =>
        testing.assertProjection({ ...right, plugin: { ...right.plugin, project: (w) => mul(clip(w, -1, 1), 0.5) } }),
      'applied twice',
    )
  })
})

describe('losses', () => {
  const right: testing.LossCase = { plugin: plugins.crossEntropy(), predictions: [4], targets: { classes: 4 } }
  const wrong = (values: (p: Tensor, t: Tensor) => Tensor): testing.LossCase => ({
    ...right,
    plugin: { ...right.plugin, values },
  })
  const { values } = right.plugin
  const scope = testing.constantScope()

  test('that sum over the batch, mix samples or fall below 0', () => {
    refused(() => testing.assertLossValues(wrong((p, t) => sum(values(p, t, scope)))), 'not one number for each sample')
    refused(
      () => testing.assertLossValues(wrong((p, t) => add(values(p, t, scope), sum(square(p))))),
      'of sample 0 alone',
    )
    refused(() => testing.assertLossValues(wrong((p, t) => sub(values(p, t, scope), 9))), 'a loss below 0')
  })
})

describe('metrics', () => {
  const right: testing.MetricCase = { plugin: plugins.accuracy(), predictions: [3], targets: { classes: 3 } }

  test('that remember the last batch only', () => {
    const { plugin } = right
    const forgetful = {
      ...plugin,
      update: (state: Parameters<typeof plugin.update>[0], call: Parameters<typeof plugin.update>[1]) =>
        plugin.update({ correct: mul(state.correct as Tensor, 0), count: mul(state.count as Tensor, 0) }, call),
    }
    refused(() => testing.assertStreams({ ...right, plugin: forgetful }), 'give another result than one batch')
    refused(() => testing.assertStreams({ ...right, expected: () => 0.123 }), 'its result is not what is stated')
  })
})

test('schedules that are not finite, not pure or not as stated', () => {
  const right = plugins.halving()
  refused(
    () => testing.assertSchedule({ plugin: { ...right, at: (step, total) => 1 / (total - step) } }),
    'not a finite number at step 50',
  )
  let calls = 0
  refused(() => testing.assertSchedule({ plugin: { ...right, at: () => calls++ } }), 'when asked again')
  refused(() => testing.assertSchedule({ plugin: right, expected: [1, 0.6] }), 'another value at step 1')
})

test('gradient transforms that lose a gradient or divide by a vanished norm', () => {
  const right = plugins.clipByGlobalNorm()
  refused(
    () => testing.assertTransform({ plugin: { ...right, transform: (all) => new Map([...all].slice(1)) } }),
    'other gradients come out',
  )
  const careless = {
    ...right,
    transform: (all: ReadonlyMap<string, Tensor>) =>
      new Map([...all].map(([name, g]) => [name, mul(g, sqrt(sub(sum(square(g)), 1e-30)))])),
  }
  refused(() => testing.assertTransform({ plugin: careless }), 'gradients of size 0')
})

describe('callbacks', () => {
  const right: testing.CallbackCase = { plugin: plugins.earlyStopping(), stopsAfter: 5 }

  test('that stop elsewhere', async () => {
    await expect(testing.assertDirectives({ ...right, stopsAfter: 4 }, plugins.earlyStopping())).rejects.toThrow(
      'it stops the run elsewhere',
    )
    await expect(testing.assertDirectives({ plugin: right.plugin }, plugins.earlyStopping())).rejects.toThrow(
      'expected no stop; got epochEnd 5',
    )
  })

  test('that forget their state', async () => {
    const forgetful = () => {
      const { save: _, load: __, ...rest } = plugins.earlyStopping()
      return rest
    }
    await expect(testing.assertResumes(right, forgetful)).rejects.toThrow('it answers differently')
  })

  test('that answer with what is no directive', async () => {
    const strange = { ...plugins.earlyStopping(), onEpochEnd: () => ({ halt: true }) as object }
    await expect(testing.assertDirectives(right, strange)).rejects.toThrow('an unknown directive')
  })
})
