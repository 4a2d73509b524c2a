// The generic battery for every optimizer: four standard problems, the stated step size, options through JSON.

import { isPlugin, type Optimizer } from '@gradwerk/core'
import * as optimizers from '@gradwerk/optimizers'
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  amsGrad,
  amsGradW,
  cosine,
  ema,
  lamb,
  lion,
  lookahead,
  momentum,
  nadam,
  nesterov,
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
import { optimizerSuite } from '@gradwerk/testing'
import { expect, test } from 'vitest'

const registries = [optimizers]
const covered = new Set<string>()
function suite(factory: (options: never) => Optimizer, ...plugins: Optimizer[]): void {
  covered.add(factory.name)
  optimizerSuite(
    factory,
    plugins.map((plugin) => ({ plugin })),
    { registries },
  )
}

suite(
  sgd,
  sgd(0.5),
  sgd({ learningRate: 0.1, momentum: 0.9 }),
  sgd({ learningRate: cosine(0.2), momentum: 0.9, nesterov: true }),
  sgd({ learningRate: oneCycle(0.3), momentum: 0.9 }),
  sgd({ learningRate: 0.2, momentum: 0.8, dampening: 0.5 }),
)
suite(momentum, momentum({ learningRate: cosine(0.1), momentum: 0.8 }))
suite(nesterov, nesterov(0.1))
suite(adam, adam(cosine(0.2)))
suite(
  adamW,
  adamW({ learningRate: cosine(0.2), weightDecay: 1e-4 }),
  adamW({ learningRate: cosine(0.2), weightDecay: 10, decayRoles: ['bias'] }),
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
suite(rprop, rprop(0.1))
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

test('no optimizer is left out', () => {
  // What stands around another optimizer is made of one.
  const around = ['ema', 'swa', 'lookahead', 'parameterGroups']
  const all = Object.entries(optimizers).filter(([name, factory]) => {
    if (around.includes(name)) return true
    try {
      const made = (factory as () => unknown)()
      return isPlugin(made) && made.kind === 'optimizer'
    } catch {
      return false
    }
  })
  expect([...covered].toSorted()).toEqual(all.map(([name]) => name).toSorted())
})
