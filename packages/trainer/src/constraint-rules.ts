// Constraints for whole kinds of parameters, besides those that layers bring.

import { type ModelTrace, OptionError, PluginError, type TracedParameter } from '@gradwerk/core'
import { type ConstraintRule, matches } from './matching.ts'

/**
 * The trace with the constraints of rules: a parameter takes that of the first rule which matches it, unless its layer brought one.
 *
 * Throws an OptionError for a rule that matches no parameter, and a PluginError where the parameter is an expression of others, which
 * no projection of these would constrain.
 */
export function constrained(trace: ModelTrace, rules: readonly ConstraintRule[]): ModelTrace {
  const infos = [...trace.effective].map(([name, { spec }]) => ({ ...spec, name }))
  for (const { constraint, where } of rules)
    if (!infos.some((info) => matches(info, where)))
      throw new OptionError({
        who: `constraint ${constraint.name}`,
        problem: 'its rule matches no parameter of the model',
        expected: `one of ${infos.map(({ name, role }) => `${name} (${role})`).join(', ')}`,
      })
  const parameters = new Map<string, TracedParameter>(trace.parameters)
  for (const info of infos) {
    const rule = rules.find(({ where }) => matches(info, where))
    if (rule === undefined || info.constraint !== undefined) continue
    const traced = parameters.get(info.name)
    if (traced === undefined)
      throw new PluginError({
        who: `constraint ${rule.constraint.name}`,
        problem: `it cannot act through the parametrization of '${info.name}'`,
        hint: 'a rule that leaves it out',
      })
    parameters.set(info.name, { ...traced, spec: { ...traced.spec, constraint: rule.constraint } })
  }
  return { ...trace, parameters }
}
