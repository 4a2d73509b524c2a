// A model with its normalizations folded away: the expression that is left, and the parameters it needs.

import {
  type Hyperparameters,
  isLeaf,
  type Layer,
  type LayerStateSpec,
  type ParameterSpec,
  type Tensor,
  topological,
  traceModel,
} from '@gradwerk/core'
import { everywhere } from '../default-initializer.ts'
import { rebuilt } from './expression.ts'
import { type Fold, findFold } from './rules.ts'

/** What was folded: the path of a normalization, and the kernel it went into. */
export interface Folded {
  readonly normalization: string
  readonly into: string
}

/** A parameter of the folded model. */
export interface FoldedParameter {
  readonly spec: ParameterSpec
  /** Its numbers, in terms of the parameters and states of the original; for one that was not touched, that parameter. */
  readonly tensor: Tensor
}

export interface FoldPlan {
  /** In terms of x and the tensors of `parameters` and `states`. */
  readonly output: Tensor
  readonly parameters: ReadonlyMap<string, FoldedParameter>
  readonly states: ReadonlyMap<string, { readonly spec: LayerStateSpec; readonly tensor: Tensor }>
  readonly folded: readonly Folded[]
}

function inputName({ op }: Tensor): string | undefined {
  return isLeaf(op) && op.name === 'input' ? op.attributes.name : undefined
}

/** The path of a normalization, from the name of its running variance. */
function pathOf({ inputs }: Tensor): string {
  const name = inputName(inputs[2] as Tensor)
  return name === undefined ? 'normalizeChannels' : name.slice(0, Math.max(name.lastIndexOf('.'), 0))
}

/** Names for new kernels and biases: those of the parameters they come from. */
class NewParameters {
  readonly found: Map<Tensor, { readonly name: string; readonly spec: ParameterSpec }> = new Map()
  readonly #effective: ReadonlyMap<Tensor, { readonly name: string; readonly spec: ParameterSpec }>

  constructor(effective: ReadonlyMap<string, { readonly tensor: Tensor; readonly spec: ParameterSpec }>) {
    this.#effective = new Map([...effective].map(([name, { tensor, spec }]) => [tensor, { name, spec }]))
  }

  /** Takes a fold's kernel and bias, and returns the kernel's name. */
  add({ kernel, bias }: Fold): string {
    const known = this.found.get(kernel.from) ?? this.#effective.get(kernel.from)
    const { shape } = kernel.to
    const plain: ParameterSpec = {
      shape,
      role: 'kernel',
      initializer: everywhere(0),
      outputAxes: known?.spec.outputAxes ?? [],
      inputAxes: known?.spec.inputAxes ?? [],
    }
    const name = known?.name ?? 'kernel'
    const path = name.slice(0, name.lastIndexOf('.') + 1)
    this.found.set(kernel.to, { name, spec: plain })
    this.found.set(bias.to, {
      name: `${path}bias`,
      spec: { ...plain, shape: bias.to.shape, role: 'bias', outputAxes: [], inputAxes: [] },
    })
    return name
  }
}

/** A name that is not taken: a kernel that other layers use unfolded keeps its own. */
function unused(name: string, ...taken: readonly ReadonlyMap<string, unknown>[]): string {
  let unique = name
  for (let i = 1; taken.some((names) => names.has(unique)); i++) unique = `${name}_${i}`
  return unique
}

/** Folds what can be folded in a model applied to x, in evaluation mode. */
export function foldPlan(layer: Layer, x: Tensor, hyperparameters: Hyperparameters, key?: Tensor): FoldPlan {
  const trace = traceModel(layer, x, { hyperparameters, ...(key === undefined ? {} : { stochastic: true, key }) })
  const made = new NewParameters(trace.effective)
  const folded: Folded[] = []
  let { output } = trace
  for (let fold = findFold(output, x); fold !== undefined; fold = findFold(output, x)) {
    const { replaced, by } = fold
    folded.push({ normalization: pathOf(fold.normalization), into: made.add(fold) })
    output = rebuilt(output, x, (tensor) => (tensor === replaced ? by : undefined))
  }
  // New kernels and biases are parameters: what they were computed from belongs to the original model.
  const reached = new Set(
    topological([output], (tensor) => (tensor === x || made.found.has(tensor) ? [] : tensor.inputs)),
  )
  const parameters = new Map<string, FoldedParameter>()
  const states = new Map<string, { spec: LayerStateSpec; tensor: Tensor }>()
  for (const [name, { spec, tensor }] of trace.parameters)
    if (reached.has(tensor)) parameters.set(name, { spec, tensor })
  for (const [name, { spec, tensor }] of trace.states) if (reached.has(tensor)) states.set(name, { spec, tensor })
  for (const [tensor, { name, spec }] of made.found)
    if (reached.has(tensor)) parameters.set(unused(name, parameters, states), { spec, tensor })
  return { output, parameters, states, folded }
}
