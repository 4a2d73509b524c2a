// Parameter groups: other optimizers, or the same with other options, for chosen parameters.

import { type Optimizer, type ParameterInfo, type ParameterRole, parseOptions, type Scope } from '@gradwerk/core'
import { z } from 'zod'
import { optimizerSchema } from './averaging/wrapper.ts'
import { chooser, namesSchema, rolesSchema } from './options.ts'

/** Parameters with one of the roles, and a name that one of the patterns matches. */
export interface ParameterGroup {
  /** Default 'all'. */
  readonly roles?: 'all' | readonly ParameterRole[]
  /** Regular expressions. Default: all names. */
  readonly names?: readonly string[] | undefined
  readonly optimizer: Optimizer
}

export interface ParameterGroupsOptions {
  /** For the parameters that no group takes. */
  readonly optimizer: Optimizer
  /** A parameter belongs to the first group that takes it. */
  readonly groups: readonly ParameterGroup[]
}

const schema = z.strictObject({
  optimizer: optimizerSchema,
  groups: z
    .array(
      z.strictObject({
        roles: rolesSchema.default('all').meta({ description: "The roles of the parameters, or 'all'." }),
        names: namesSchema.optional().meta({ description: 'Regular expressions for the names of the parameters.' }),
        optimizer: optimizerSchema,
      }),
    )
    .readonly()
    .meta({ description: 'A parameter belongs to the first group that takes it.' }),
})

/** A scope inside another. */
function inside(scope: Scope, prefix: string): Scope {
  return { hyperparameter: (name, value) => scope.hyperparameter(`${prefix}.${name}`, value) }
}

/**
 * Updates each parameter with the optimizer of the first group that takes it, or with the one for the rest.
 *
 * Slots, effective step sizes and evaluation are those of a parameter's own optimizer. A callback's learning-rate factor scales all learning
 * rates. Biases and normalization without decay need no group: `adamW({ decayRoles: ['kernel'] })`.
 *
 * Throws an OptionError for an unknown role or a text that is no regular expression.
 *
 * ```ts
 * parameterGroups({
 *   optimizer: adamW({ learningRate: 1e-3, weightDecay: 0.05 }),
 *   groups: [
 *     { roles: ['bias', 'scale', 'shift'], optimizer: adam(1e-3) },
 *     { names: ['^encoder\\.'], optimizer: sgd(0) }, // frozen
 *   ],
 * })
 * ```
 */
export function parameterGroups(given: ParameterGroupsOptions): Optimizer {
  const options = parseOptions('parameterGroups', schema, given)
  const groups = options.groups.map(({ roles, names, optimizer }, i) => ({
    takes: chooser(roles, names),
    optimizer,
    prefix: `groups.${i}`,
  }))
  const rest = { optimizer: options.optimizer, prefix: 'rest' }
  const groupOf = (info: ParameterInfo) => groups.find(({ takes }) => takes(info)) ?? rest
  const evaluates = [rest, ...groups].some(({ optimizer }) => optimizer.evaluationParameter !== undefined)
  return {
    kind: 'optimizer',
    name: 'parameterGroups',
    options,
    slots: (info) => groupOf(info).optimizer.slots(info),
    update(call, scope) {
      const { optimizer, prefix } = groupOf(call.info)
      return optimizer.update(call, inside(scope, prefix))
    },
    finish(call, scope) {
      const { optimizer, prefix } = groupOf(call.info)
      return optimizer.finish?.(call, inside(scope, prefix)) ?? call.update.slots
    },
    ...(evaluates && {
      evaluationParameter(parameter, slots, scope, info) {
        const { optimizer, prefix } = groupOf(info)
        return optimizer.evaluationParameter?.(parameter, slots, inside(scope, prefix), info) ?? parameter
      },
    }),
  }
}
