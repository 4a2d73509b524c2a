// Tracing: applies a model to an input expression and collects what its layers declare.

import type { Layer, LayerContext, LayerStateSpec, ParameterSpec } from '../contracts/layer.ts'
import type { ParameterInfo } from '../contracts/optimizer.ts'
import type { Parametrization } from '../contracts/parametrization.ts'
import { PluginError } from '../errors.ts'
import { foldKey } from '../ops/random.ts'
import { formatShape, sameShape } from '../tensor/shape.ts'
import { formatType, input, type Tensor } from '../tensor/tensor.ts'
import { tensorOf } from './answers.ts'
import { claimPath, type TensorPaths } from './paths.ts'
import { type Hyperparameters, hyperparameters as newHyperparameters } from './scope.ts'

export interface TraceOptions {
  /** Random behaviour (dropout) is on. Default false; needs `key`. */
  readonly stochastic?: boolean
  /** Batch statistics are used and learned. Default false. */
  readonly batchStatistics?: boolean
  /** The weight of this batch in learned statistics. Default: each layer's own. */
  readonly statisticsWeight?: Tensor
  /** Random key (uint32 [2]) of the step. */
  readonly key?: Tensor
  /** Where hyper-parameters are collected. */
  readonly hyperparameters?: Hyperparameters
  /** Where paths are collected; tensors that are in it already keep theirs. */
  readonly paths?: Map<Tensor, string>
}

export interface TracedParameter {
  readonly spec: ParameterSpec
  readonly info: ParameterInfo
  /** The trained tensor: an input of the program. */
  readonly tensor: Tensor
  /** The path of the layer that declared it. */
  readonly path: string
  /** The parameter it stands behind, where a parametrization declared it. */
  readonly replaces?: string
}

export interface TracedState {
  readonly spec: LayerStateSpec
  readonly tensor: Tensor
  /** The value after the step; the tensor itself where no layer set it. */
  readonly next: Tensor
  /** The parameter it stands behind, where a parametrization declared it. */
  readonly replaces?: string
}

/** A model applied to an input. All maps are keyed by full name and ordered by first use. */
export interface ModelTrace {
  readonly output: Tensor
  readonly parameters: ReadonlyMap<string, TracedParameter>
  /** What layers compute with: the parameter itself, or the outcome of its parametrization, under the name the layer gave. */
  readonly effective: ReadonlyMap<string, { readonly tensor: Tensor; readonly spec: ParameterSpec }>
  readonly states: ReadonlyMap<string, TracedState>
  /** Terms that layers add to the objective. */
  readonly losses: ReadonlyMap<string, Tensor>
  /** The output of every layer by path; the model's own output has the path ''. */
  readonly activations: ReadonlyMap<string, Tensor>
  readonly hyperparameters: Hyperparameters
  /** The layer that made each tensor, by path. */
  readonly paths: TensorPaths
}

/** Applies a model to an input [batch, …] and collects its parameters, states and hyper-parameters. */
export function traceModel(model: Layer, x: Tensor, options: TraceOptions = {}): ModelTrace {
  const { stochastic = false, batchStatistics = false, statisticsWeight, key } = options
  const hyperparameters = options.hyperparameters ?? newHyperparameters()
  const parameters = new Map<string, TracedParameter>()
  const effective = new Map<string, { tensor: Tensor; spec: ParameterSpec }>()
  const states = new Map<string, TracedState>()
  const losses = new Map<string, Tensor>()
  const activations = new Map<string, Tensor>()
  const paths = options.paths ?? new Map<Tensor, string>()

  const declare = <T>(map: Map<string, T>, name: string, made: T): T => {
    if (name !== '' && map.has(name))
      throw new PluginError({ who: name, problem: 'declared twice by its layer', expected: 'distinct names' })
    map.set(name, made)
    return made
  }

  const run = (layer: Layer, from: Tensor, path: string): Tensor => {
    const full = (name: string) => (path === '' ? name : `${path}.${name}`)
    const children = new Set<string>()
    let keys = 0
    const behind = (replaced?: string) => (replaced === undefined ? {} : { replaces: full(replaced) })
    const trained = (name: string, spec: ParameterSpec, replaced?: string): Tensor => {
      const { shape, role, outputAxes, inputAxes, groups } = spec
      const info = { name: full(name), role, shape, outputAxes, inputAxes, groups }
      const tensor = input(full(name), shape)
      return declare(parameters, full(name), { spec, info, tensor, path, ...behind(replaced) }).tensor
    }
    const kept = (name: string, spec: LayerStateSpec, replaced?: string): Tensor => {
      const tensor = input(full(name), spec.shape)
      return declare(states, full(name), { spec, tensor, next: tensor, ...behind(replaced) }).tensor
    }
    // Regularizers look at the effective tensor; what stands behind it is trained and nothing else.
    const parametrized = (name: string, spec: ParameterSpec, parametrization: Parametrization): Tensor => {
      const { regularizer: _, constraint, ...plain } = spec
      if (constraint !== undefined)
        throw new PluginError({
          who: full(name),
          problem: `the constraint ${constraint.name} cannot act through the parametrization ${parametrization.name}`,
          hint: 'one of the two',
        })
      return parametrization.apply(name, plain, {
        ...context,
        parameter: (own, of) => trained(own, of, name),
        state: (own, of) => kept(own, of, name),
      })
    }
    const context: LayerContext = {
      path,
      stochastic,
      batchStatistics,
      statisticsWeight,
      ...hyperparameters.scope(path === '' ? layer.name : path),
      parameter(name, spec) {
        const { parametrization, ...rest } = spec
        const tensor = parametrization === undefined ? trained(name, spec) : parametrized(name, rest, parametrization)
        return declare(effective, full(name), { tensor, spec: rest }).tensor
      },
      state: (name, spec) => kept(name, spec),
      setState(name, next) {
        const state = states.get(full(name))
        if (state === undefined || !sameShape(state.spec.shape, next.shape))
          throw new PluginError({
            who: `layer ${path || layer.name}`,
            problem: `state '${name}' cannot be set`,
            expected: state === undefined ? 'a declared state' : formatShape(state.spec.shape),
            got: formatType(next),
          })
        claimPath(paths, path, [next])
        states.set(full(name), { ...state, next })
      },
      key() {
        if (key !== undefined) return foldKey(key, `${path}#${keys++}`)
        throw new PluginError({
          who: `layer ${path || layer.name}`,
          problem: 'there is no random key in this program',
          hint: 'asking only when context.stochastic',
        })
      },
      addLoss: (name, value) => void declare(losses, full(name), value),
      child(name, inner, to) {
        let unique = name
        for (let i = 1; children.has(unique); i++) unique = `${name}_${i}`
        children.add(unique)
        claimPath(paths, path, [to])
        return run(inner, to, full(unique))
      },
    }
    const y = tensorOf(layer, path === '' ? 'apply' : `apply (at ${path})`, layer.apply(from, context))
    claimPath(paths, path, [y])
    activations.set(path, y)
    return y
  }

  claimPath(paths, '', [x])
  const output = run(model, x, '')
  return { output, parameters, effective, states, losses, activations, hyperparameters, paths }
}
