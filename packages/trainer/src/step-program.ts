// The training step as one program: forward, objective, gradients, update, projection.

import {
  type Augmentation,
  add,
  claimPath,
  hyperparameters as collectHyperparameters,
  foldKey,
  type GradientTransform,
  gradients,
  type Hyperparameters,
  input,
  type Layer,
  type Loss,
  type ModelTrace,
  type Optimizer,
  OptionError,
  type ParameterInfo,
  PluginError,
  type Program,
  program,
  type Regularizer,
  refuseAnswer,
  type Samples,
  type StateSpec,
  sum,
  type Tensor,
  type TracedParameter,
  type TrainedModel,
  tensorOf,
  tensorsOf,
  traceModel,
} from '@gradwerk/core'
import { type Accumulation, accumulated, perUpdate } from './accumulation.ts'
import { batchInputs, type DataType, type StepBatch } from './batch.ts'
import { constrained } from './constraint-rules.ts'
import { splitHyperparameters } from './hyperparameters.ts'
import { meanLoss, sampleLosses } from './loss-values.ts'
import { type ConstraintRule, matches, type RegularizerRule } from './matching.ts'

export interface StepOptions {
  readonly model: Layer
  /** The numbers to start from. Default: those that the model's initializers draw. */
  readonly start?: TrainedModel | undefined
  readonly loss: Loss
  readonly optimizer: Optimizer
  readonly regularizers: readonly RegularizerRule[]
  /** Default none. */
  readonly constraints?: readonly ConstraintRule[]
  readonly gradientTransforms: readonly GradientTransform[]
  readonly augmentations: readonly Augmentation[]
  /** Which steps make an update together. Default: each makes its own. */
  readonly accumulation?: Accumulation | undefined
}

export interface StepProgram {
  readonly program: Program
  readonly trace: ModelTrace
  /** Optimizer slots by state name, `<parameter>/<slot>`. */
  readonly slots: ReadonlyMap<string, StateSpec>
  readonly hyperparameters: Hyperparameters
  /** Of the loss and the differentiated penalties by parameter, before any transform. */
  readonly gradients: ReadonlyMap<string, Tensor>
}

/** The state name of a slot. */
export function slotName(parameter: string, slot: string): string {
  return `${parameter}/${slot}`
}

interface Penalty {
  readonly parameter: string
  readonly info: ParameterInfo
  readonly regularizer: Regularizer
}

/** Throws an OptionError for a rule that reaches no parameter: it would do nothing. */
function checkRules(trace: ModelTrace, rules: readonly RegularizerRule[]): void {
  const infos = [...trace.effective].map(([name, { spec }]) => ({ ...spec, name }))
  for (const { regularizer, where } of rules)
    if (regularizer.penalty !== undefined && !infos.some((info) => matches(info, where)))
      throw new OptionError({
        who: `regularizer ${regularizer.name}`,
        problem: 'its rule matches no parameter of the model',
        expected: `one of ${infos.map(({ name, role }) => `${name} (${role})`).join(', ')}`,
      })
}

/** All regularizers of parameters: those that layers brought, then those of the rules. */
function penaltiesOf(trace: ModelTrace, rules: readonly RegularizerRule[]): Penalty[] {
  return [...trace.effective].flatMap(([parameter, { spec }]) => {
    const { shape, role, outputAxes, inputAxes, groups } = spec
    const info = { name: parameter, shape, role, outputAxes, inputAxes, groups }
    const fromRules = rules.filter(
      ({ where, regularizer }) => regularizer.penalty !== undefined && matches(info, where),
    )
    return [
      ...(spec.regularizer === undefined ? [] : [spec.regularizer]),
      ...fromRules.map(({ regularizer }) => regularizer),
    ].map((regularizer) => ({ parameter, info, regularizer }))
  })
}

function total(terms: readonly Tensor[]): Tensor | undefined {
  return terms.length === 0 ? undefined : terms.reduce((a, b) => add(a, b))
}

function plus(a: Tensor, b: Tensor | undefined): Tensor {
  return b === undefined ? a : add(a, b)
}

/**
 * Builds the training step for batches of a fixed size: augmentation, forward pass, objective, gradients, update. The order of an
 * update: gradients of loss and differentiable penalties → gradient transforms → optimizer (with its decoupled decay) → proximal maps →
 * constraint → averages. Where several steps make an update together, transforms and all that follows act on the mean gradients, and count in
 * the last of these steps.
 */
export function stepProgram(
  options: StepOptions,
  data: DataType,
  batchSize: number,
  batch: StepBatch = batchInputs(data, batchSize),
): StepProgram {
  const {
    model,
    loss,
    optimizer,
    regularizers,
    constraints = [],
    gradientTransforms,
    augmentations,
    accumulation,
  } = options
  const perStep = collectHyperparameters()
  const hyperparameters = accumulation === undefined ? perStep : perUpdate(perStep, accumulation)
  const key = input('key', [2], 'uint32')
  const { inputs: x, targets } = augmentations.reduce<Samples>((samples, augmentation, i) => {
    const classes = data.classes ?? 0
    const changed = augmentation.apply(samples, foldKey(key, `augmentation#${i}`), {
      classes,
      ...hyperparameters.scope(`augmentation#${i}`),
    })
    tensorsOf(augmentation, 'apply', { ...changed }, ['inputs', 'targets'])
    return changed
  }, batch)
  const paths = new Map<Tensor, string>()
  claimPath(paths, 'batch', [batch.inputs, batch.targets])
  claimPath(paths, 'augmentation', [x, targets])
  const traced = traceModel(model, x, { stochastic: true, batchStatistics: true, key, hyperparameters, paths })
  const trace = constrained(traced, constraints)
  const scope = (regularizer: Regularizer) => hyperparameters.scope(`regularizer.${regularizer.name}`)

  const losses = sampleLosses(loss, trace.output, targets, hyperparameters.scope('loss'))
  const sampleLoss = meanLoss(losses)
  const effective = new Map([...trace.effective].map(([name, { tensor }]) => [name, tensor]))
  const terms = regularizers.flatMap(({ regularizer }) => {
    const context = { inputs: x, targets, predictions: trace.output, loss: sampleLoss }
    const term = regularizer.lossTerm?.({
      ...context,
      activations: trace.activations,
      parameters: effective,
      ...scope(regularizer),
    })
    return term === undefined ? [] : [tensorOf(regularizer, 'lossTerm', term, [])]
  })
  checkRules(trace, regularizers)
  const penalties = penaltiesOf(trace, regularizers).map((penalty) => ({
    ...penalty,
    value: tensorOf(
      penalty.regularizer,
      `penalty of '${penalty.parameter}'`,
      penalty.regularizer.penalty?.(
        effective.get(penalty.parameter) as Tensor,
        scope(penalty.regularizer),
        penalty.info,
      ),
      [],
    ),
  }))
  const smooth = penalties.filter(({ regularizer }) => regularizer.proximal === undefined)
  const proximal = penalties.filter(({ regularizer }) => regularizer.proximal !== undefined)
  const differentiable = plus(
    sampleLoss,
    total([...trace.losses.values(), ...terms, ...smooth.map(({ value }) => value)]),
  )
  const objective = plus(differentiable, total(proximal.map(({ value }) => value)))

  const names = [...trace.parameters.keys()]
  const found = gradients(
    differentiable,
    names.map((name) => trace.parameters.get(name)?.tensor as Tensor),
  )
  claimPath(paths, 'loss', [sampleLoss])
  claimPath(paths, 'objective', [objective])
  // From the output on, so that each parameter has its own part of the way back.
  for (const name of names.toReversed()) claimPath(paths, `gradient/${name}`, [found[names.indexOf(name)] as Tensor])
  const initial: ReadonlyMap<string, Tensor> = new Map(names.map((name, i) => [name, found[i] as Tensor]))
  const batchWeight = losses.weights === undefined ? batchSize : sum(losses.weights)
  const together =
    accumulation && accumulated(initial, batchWeight, accumulation, perStep, (name) => slotName(name, 'accumulated'))
  const transformed = gradientTransforms.reduce((all, transform) => {
    const changed = transform.transform(all, hyperparameters.scope(transform.name))
    if (!(changed instanceof Map)) refuseAnswer(transform, 'transform', 'a map of gradients by parameter', changed)
    for (const [name, { shape }] of all)
      tensorOf(transform, `transform (the gradient of '${name}')`, changed.get(name), shape)
    return changed
  }, together?.gradients ?? initial)

  const state: Record<string, { current: Tensor; next: Tensor }> = {}
  const slots = new Map<string, StateSpec>()
  for (const [name, parameter] of trace.parameters) {
    const gradient = transformed.get(name) as Tensor
    const maps = proximal.filter((penalty) => penalty.parameter === name).map(({ regularizer }) => regularizer)
    const updated = updateParameter(options.optimizer, parameter, gradient, maps, hyperparameters)
    const settled = (next: Tensor, current: Tensor) => ({ current, next: together?.atLast(next, current) ?? next })
    state[name] = settled(updated.parameter, parameter.tensor)
    for (const [slot, { spec, current, next }] of updated.slots) {
      slots.set(slotName(name, slot), spec)
      state[slotName(name, slot)] = settled(next, current)
    }
  }
  for (const [name, so] of together?.states ?? []) {
    slots.set(slotName(name, 'accumulated'), { shape: so.current.shape, initial: 0 })
    state[slotName(name, 'accumulated')] = so
  }
  for (const { parameter, regularizer } of proximal)
    if (!trace.parameters.has(parameter))
      throw new PluginError({
        who: `regularizer ${regularizer.name}`,
        problem: `no proximal map through the parametrization of '${parameter}'`,
        hint: 'a regularizer that is differentiated',
      })
  for (const [name, { tensor, next }] of trace.states) state[name] = { current: tensor, next }

  for (const [name, { next }] of Object.entries(state)) claimPath(paths, `update/${name}`, [next])

  const { shared, inputs } = splitHyperparameters(hyperparameters)
  return {
    trace,
    slots,
    hyperparameters,
    gradients: initial,
    program: program({
      name: `training step of ${model.name} with ${optimizer.name}`,
      shared: { ...batch.shared, ...shared },
      inputs: { ...batch.perStep, key, ...inputs },
      state,
      outputs: { loss: sampleLoss, objective },
      paths,
    }),
  }
}

interface UpdatedParameter {
  readonly parameter: Tensor
  readonly slots: ReadonlyMap<string, { readonly spec: StateSpec; readonly current: Tensor; readonly next: Tensor }>
}

function updateParameter(
  optimizer: Optimizer,
  { info, tensor, spec }: TracedParameter,
  gradient: Tensor,
  maps: readonly Regularizer[],
  hyperparameters: Hyperparameters,
): UpdatedParameter {
  const specs = Object.entries(optimizer.slots(info) ?? refuseAnswer(optimizer, 'slots', 'states by name', undefined))
  const current = Object.fromEntries(specs.map(([slot, { shape }]) => [slot, input(slotName(info.name, slot), shape)]))
  const update = optimizer.update(
    { parameter: tensor, gradient, slots: current, info },
    hyperparameters.scope('optimizer'),
  )
  const slotNames = specs.map(([slot]) => slot)
  tensorsOf(optimizer, 'update', { ...update?.slots, parameter: update?.parameter as Tensor }, [
    'parameter',
    ...slotNames,
  ])
  const { stepSize } = update
  const mapped = maps.reduce((parameter, regularizer) => {
    if (stepSize === undefined)
      throw new PluginError({
        who: `regularizer ${regularizer.name}`,
        problem: `the optimizer ${optimizer.name} has no effective step size for a proximal map`,
        hint: "method: 'subgradient', or another optimizer",
      })
    return tensorOf(
      regularizer,
      'proximal',
      regularizer.proximal?.(parameter, stepSize, hyperparameters.scope(`regularizer.${regularizer.name}`), info),
      parameter.shape,
    )
  }, update.parameter)
  const constraint = spec.constraint
  const parameter =
    constraint === undefined
      ? mapped
      : tensorOf(
          constraint,
          'project',
          constraint.project(mapped, info, hyperparameters.scope(`constraint.${constraint.name}`)),
          mapped.shape,
        )
  const finished = optimizer.finish?.({ parameter, update, info }, hyperparameters.scope('optimizer')) ?? update.slots
  return {
    parameter,
    slots: new Map(
      specs.map(([slot, slotSpec]) => [
        slot,
        { spec: slotSpec, current: current[slot] as Tensor, next: finished[slot] as Tensor },
      ]),
    ),
  }
}
