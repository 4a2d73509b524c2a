// Small plugins of every kind, for the suites' own tests.

import {
  abs,
  add,
  argMax,
  bernoulli,
  type Callback,
  type Constraint,
  cast,
  clip,
  div,
  equal,
  type GradientTransform,
  type Initializer,
  type Layer,
  type Loss,
  logSoftmax,
  type Metric,
  matmul,
  maximum,
  mean,
  mul,
  neg,
  numberOf,
  type Optimizer,
  OptionError,
  oneHot,
  type Regularizer,
  type Schedule,
  sign,
  sqrt,
  square,
  sub,
  sum,
  type Value,
} from '@gradwerk/core'

/** Options with defaults filled in; an unknown one is refused. */
function checked<O extends object>(who: string, defaults: O, given: Partial<O>): O {
  const unknown = Object.keys(given).find((key) => !(key in defaults))
  if (unknown !== undefined) throw new OptionError({ who, problem: `unknown option '${unknown}'` })
  return { ...defaults, ...given }
}

export function zeros(given: object = {}): Initializer {
  const options = checked('zeros', {}, given)
  return {
    kind: 'initializer',
    name: 'zeros',
    options,
    sample: (shape) => new Float32Array(shape.reduce((a, b) => a * b, 1)),
  }
}

export function heNormal(given: { gain?: number } = {}): Initializer {
  const options = checked('heNormal', { gain: 2 }, given)
  return {
    kind: 'initializer',
    name: 'heNormal',
    options,
    sample(shape, { fanIn }, random) {
      const std = Math.sqrt(options.gain / fanIn)
      return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => std * random.normal())
    },
  }
}

export function dense(given: { units?: number; initializer?: Initializer } = {}): Layer {
  const options = checked('dense', { units: 2, initializer: heNormal() }, given)
  return {
    kind: 'layer',
    name: 'dense',
    options,
    apply(x, context) {
      const kernel = context.parameter('kernel', {
        shape: [x.shape.at(-1) as number, options.units],
        role: 'kernel',
        initializer: options.initializer,
        outputAxes: [1],
        inputAxes: [0],
      })
      const bias = context.parameter('bias', {
        shape: [options.units],
        role: 'bias',
        initializer: zeros(),
        outputAxes: [0],
        inputAxes: [],
      })
      return add(matmul(x, kernel), bias)
    },
  }
}

export function dropout(given: { probability?: number } = {}): Layer {
  const options = checked('dropout', { probability: 0.5 }, given)
  return {
    kind: 'layer',
    name: 'dropout',
    options,
    apply(x, context) {
      if (!context.stochastic) return x
      const keep = sub(1, context.hyperparameter('probability', options.probability))
      return div(mul(x, cast(bernoulli(context.key(), keep, x.shape), x.dtype)), keep)
    },
  }
}

export function momentum(given: { learningRate?: number; momentum?: number } = {}): Optimizer {
  const options = checked('momentum', { learningRate: 0.1, momentum: 0.9 }, given)
  return {
    kind: 'optimizer',
    name: 'momentum',
    options,
    slots: ({ shape }) => ({ velocity: { shape, initial: 0 } }),
    update({ parameter, gradient, slots: { velocity } }, scope) {
      const rate = scope.hyperparameter('learningRate', options.learningRate)
      const decay = scope.hyperparameter('momentum', options.momentum)
      const next = add(mul(velocity ?? 0, decay), gradient)
      return {
        parameter: sub(parameter, mul(next, rate)),
        slots: { velocity: next },
        stepSize: div(rate, sub(1, decay)),
      }
    },
  }
}

export function l1(given: { strength?: number } = {}): Regularizer {
  const options = checked('l1', { strength: 0.1 }, given)
  return {
    kind: 'regularizer',
    name: 'l1',
    options,
    penalty: (w, scope) => mul(sum(abs(w)), scope.hyperparameter('strength', options.strength)),
    proximal: (w, stepSize, scope) =>
      mul(sign(w), maximum(sub(abs(w), mul(scope.hyperparameter('strength', options.strength), stepSize)), 0)),
  }
}

export function confidencePenalty(given: { strength?: number } = {}): Regularizer {
  const options = checked('confidencePenalty', { strength: 0.1 }, given)
  return {
    kind: 'regularizer',
    name: 'confidencePenalty',
    options,
    lossTerm: ({ predictions, ...scope }) =>
      mul(mean(square(predictions)), scope.hyperparameter('strength', options.strength)),
  }
}

export function unitBox(given: { bound?: number } = {}): Constraint {
  const options = checked('unitBox', { bound: 1 }, given)
  return { kind: 'constraint', name: 'unitBox', options, project: (w) => clip(w, -options.bound, options.bound) }
}

export function crossEntropy(given: object = {}): Loss {
  const options = checked('crossEntropy', {}, given)
  return {
    kind: 'loss',
    name: 'crossEntropy',
    options,
    values: (logits, targets) =>
      neg(sum(mul(oneHot(targets, logits.shape[1] as number), logSoftmax(logits)), { axes: [1] })),
  }
}

export function accuracy(given: object = {}): Metric {
  const options = checked('accuracy', {}, given)
  return {
    kind: 'metric',
    name: 'accuracy',
    options,
    mode: 'max',
    init: () => ({ correct: { shape: [], initial: 0 }, count: { shape: [], initial: 0 } }),
    update({ correct, count }, { predictions, targets }) {
      const hits = cast(equal(argMax(predictions), targets), 'float32')
      return { correct: add(correct ?? 0, sum(hits)), count: add(count ?? 0, sum(add(mul(hits, 0), 1))) }
    },
    result: ({ correct, count }) => numberOf(correct as Value) / numberOf(count as Value),
  }
}

export function halving(given: { initial?: number } = {}): Schedule {
  const options = checked('halving', { initial: 1 }, given)
  return { kind: 'schedule', name: 'halving', options, at: (step) => options.initial * 0.5 ** step }
}

export function clipByGlobalNorm(given: { largest?: number } = {}): GradientTransform {
  const options = checked('clipByGlobalNorm', { largest: 1 }, given)
  return {
    kind: 'gradientTransform',
    name: 'clipByGlobalNorm',
    options,
    transform(gradients) {
      const norm = sqrt([...gradients.values()].map((g) => sum(square(g))).reduce((a, b) => add(a, b)))
      const factor = div(options.largest, maximum(norm, options.largest))
      return new Map([...gradients].map(([name, g]) => [name, mul(g, factor)]))
    },
  }
}

/** Stops after `patience` epochs without improvement and restores the best parameters. */
export function earlyStopping(given: { patience?: number } = {}): Callback {
  const options = checked('earlyStopping', { patience: 2 }, given)
  let best = Number.POSITIVE_INFINITY
  let waited = 0
  return {
    kind: 'callback',
    name: 'earlyStopping',
    options,
    onEpochEnd(_, { validation }) {
      const loss = validation?.loss ?? 0
      waited = loss < best ? 0 : waited + 1
      best = Math.min(best, loss)
      return waited >= options.patience ? { stop: `no improvement in ${options.patience} epochs` } : undefined
    },
    save: () => ({ json: { best, waited }, values: {} }),
    load({ json }) {
      const saved = json as { best: number; waited: number }
      best = saved.best
      waited = saved.waited
    },
  }
}
