// The generic battery for every optimizer: four standard problems, the stated step size, options through JSON.

import type { Optimizer } from '@gradwerk/core'
import * as optimizers from '@gradwerk/optimizers'
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  amsGrad,
  amsGradW,
  cosine,
  ema,
  lamb,
  lion,
  lookahead,
  momentum,
  nadam,
  oneCycle,
  parameterGroups,
  radam,
  rmsprop,
  rprop,
  scheduleFreeAdamW,
  sgd,
  swa,
  warmup,
} from '@gradwerk/optimizers'
import { type OptimizerCase, optimizerSuite } from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const registries = [optimizers]
const suite = (factory: (options: never) => Optimizer, ...cases: (Optimizer | OptimizerCase)[]) =>
  optimizerSuite(
    factory,
    cases.map((one) => ('plugin' in one ? one : { plugin: one })),
    { registries },
  )

suite(
  sgd,
  sgd({ learningRate: oneCycle(0.3), momentum: 0.9 }),
  sgd({ learningRate: 0.2, momentum: 0.8, dampening: 0.5 }),
)
suite(adagrad, adagrad(0.5), adagrad({ learningRate: 0.5, initialSum: 0.1 }))
suite(adadelta, adadelta({ learningRate: 1, epsilon: 1e-2 }))
suite(
  rmsprop,
  rmsprop(cosine(0.05)),
  rmsprop({ learningRate: cosine(0.02), momentum: 0.5, decay: 0.9 }),
  rmsprop({ learningRate: cosine(0.05), centred: true, epsilon: 0.1 }),
)
suite(amsGrad, amsGrad(cosine(0.2)))
suite(amsGradW, amsGradW({ learningRate: cosine(0.2), weightDecay: 1e-4 }))
suite(adamax, adamax(cosine(0.2)))
suite(nadam, nadam(cosine(0.2)))
suite(radam, radam(cosine(0.2)))
// Noise shrinks its steps to nothing: it is made for gradients of the whole data set.
suite(rprop, { plugin: rprop(0.1), goals: { noisyLeastSquares: false } })
suite(lion, lion(cosine(0.05)), lion({ learningRate: cosine(0.05), weightDecay: 1e-3 }))
suite(lamb, lamb(cosine(0.1)), lamb({ learningRate: warmup(10, cosine(0.1)), weightDecay: 1e-4 }))
suite(scheduleFreeAdamW, scheduleFreeAdamW(0.1), scheduleFreeAdamW({ learningRate: 0.1, warmup: 0.1, beta1: 0.95 }))
suite(ema, ema({ optimizer: sgd(cosine(0.5)), decay: 0.9 }), ema({ optimizer: adam(cosine(0.2)), decay: 0.9 }))
suite(swa, swa(sgd(0.5)), swa({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), start: 250, every: 3 }))
suite(
  lookahead,
  lookahead(momentum({ learningRate: 0.1, momentum: 0.8 })),
  lookahead({ optimizer: adam(cosine(0.2)), steps: 7, follow: 0.8 }),
  lookahead({ optimizer: sgd(0.9), steps: 8 }),
)
suite(
  parameterGroups,
  parameterGroups({
    optimizer: sgd(0),
    groups: [
      { roles: ['bias'], optimizer: sgd(0) },
      { names: ['parameter$'], optimizer: lookahead(adam(cosine(0.2))) },
    ],
  }),
)

describe('the suites', () => {
  test('miss no optimizer', () => {
    const info = { name: 'w', role: 'kernel', shape: [1], outputAxes: [], inputAxes: [] } as const
    const others = ['ema', 'swa', 'lookahead', 'parameterGroups']
    const made = Object.entries(optimizers).flatMap(([name, factory]) => {
      if (others.includes(name)) return []
      try {
        const plugin = (factory as () => unknown)()
        return (plugin as Optimizer).kind === 'optimizer' ? [(plugin as Optimizer).slots(info) && name] : []
      } catch {
        return []
      }
    })
    expect(made.toSorted()).toEqual(
      [
        ...['sgd', 'momentum', 'nesterov', 'adam', 'adamW', 'amsGrad', 'amsGradW', 'adamax', 'nadam', 'radam'],
        ...['adagrad', 'adadelta', 'rmsprop', 'rprop', 'lion', 'lamb', 'scheduleFreeAdamW'],
      ].toSorted(),
    )
  })
})
