// Which parameters a regularizer applies to.

import type { ParameterInfo, ParameterRole, Regularizer } from '@gradwerk/core'

/** Parameters by role, by name (exact, or a pattern), or by any test; several conditions hold together. */
export type ParameterMatcher =
  | ((info: ParameterInfo) => boolean)
  | { readonly role?: ParameterRole | readonly ParameterRole[]; readonly name?: string | RegExp }

/** A regularizer for the parameters that match; kernels by default. */
export interface RegularizerRule {
  readonly regularizer: Regularizer
  readonly where?: ParameterMatcher
}

export function matches(info: ParameterInfo, matcher: ParameterMatcher = { role: 'kernel' }): boolean {
  if (typeof matcher === 'function') return matcher(info)
  const { role, name } = matcher
  const roleFits = role === undefined || (Array.isArray(role) ? role.includes(info.role) : role === info.role)
  const nameFits = name === undefined || (typeof name === 'string' ? name === info.name : info.name.search(name) >= 0)
  return roleFits && nameFits
}
