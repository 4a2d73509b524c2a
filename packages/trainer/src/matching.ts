// Which parameters a regularizer or a constraint applies to.

import type { Constraint, ParameterInfo, ParameterRole, Regularizer } from '@gradwerk/core'

/** Parameters by role, by name (exact, or a pattern), or by any test; several conditions hold together. */
export type ParameterMatcher =
  | ((info: ParameterInfo) => boolean)
  | { readonly role?: ParameterRole | readonly ParameterRole[]; readonly name?: string | RegExp }

/** A regularizer for the parameters that match; kernels by default. */
export interface RegularizerRule {
  readonly regularizer: Regularizer
  readonly where?: ParameterMatcher
}

/** A constraint for the parameters that match; kernels by default. */
export interface ConstraintRule {
  readonly constraint: Constraint
  readonly where?: ParameterMatcher
}

/** What users may write for a rule, as rules. */
export function constraintRules(given: readonly (Constraint | ConstraintRule)[] = []): readonly ConstraintRule[] {
  return given.map((rule) => ('constraint' in rule ? rule : { constraint: rule }))
}

export function matches(info: ParameterInfo, matcher: ParameterMatcher = { role: 'kernel' }): boolean {
  if (typeof matcher === 'function') return matcher(info)
  const { role, name } = matcher
  const roleFits = role === undefined || (Array.isArray(role) ? role.includes(info.role) : role === info.role)
  const nameFits = name === undefined || (typeof name === 'string' ? name === info.name : info.name.search(name) >= 0)
  return roleFits && nameFits
}
