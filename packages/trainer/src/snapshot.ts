// Copies of snapshots: what callbacks hold is theirs.

import { copyOf, type Snapshot, type Values } from '@gradwerk/core'

export const snapshotParts: readonly (keyof Snapshot)[] = ['parameters', 'state', 'slots']

function copies(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, copyOf(value)]))
}

export function copyOfSnapshot({ parameters, state, slots }: Snapshot): Snapshot {
  return { parameters: copies(parameters), state: copies(state), slots: copies(slots) }
}

/** The names of parameters that hold a number that is not finite. */
export function notFinite(values: Values): string[] {
  return Object.entries(values).flatMap(([name, { data }]) =>
    (data as Float32Array).every((x) => Number.isFinite(x)) ? [] : [name],
  )
}
