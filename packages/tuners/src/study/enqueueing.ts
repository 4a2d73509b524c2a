// Points that a study is to try.

import { show } from '@gradwerk/core'
import type { Json } from '../json.ts'
import { contains } from '../space/distribution.ts'
import { plainEntries, type Space } from '../space/space.ts'
import { StudyError } from './errors.ts'

/** Values for a trial to come. Of a declared space, names and plain domains are checked; the rest when the trial asks. */
export function checkPoint(
  study: string,
  parameters: Readonly<Record<string, unknown>>,
  space: Space | undefined,
): { readonly [name: string]: Json } {
  const plain = space === undefined ? {} : plainEntries(space)
  // A parameter that is undefined, as a conditional one may be, is left out.
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    const domain = Object.hasOwn(plain, name) ? plain[name] : undefined
    if (space !== undefined && !Object.hasOwn(space.entries, name))
      throw new StudyError({
        who: `study ${study}`,
        problem: `the space has no parameter '${name}'`,
        expected: Object.keys(space.entries).join(', '),
      })
    if (domain !== undefined && !contains(domain, value))
      throw new StudyError({
        who: `study ${study}`,
        problem: `the enqueued value of '${name}' is outside its domain`,
        expected: show(domain),
        got: show(value),
      })
  }
  // What is no JSON is refused by the storage that has to write it; memory keeps it as it is.
  return Object.fromEntries(given) as { readonly [name: string]: Json }
}
