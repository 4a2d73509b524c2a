// Snapshots as one flat record of values, for checkpoints: `parameters/dense.kernel`.

import type { Snapshot, Values } from '@gradwerk/core'

const parts = ['parameters', 'state', 'slots'] as const satisfies (keyof Snapshot)[]

export function flattened(snapshot: Snapshot): Values {
  return Object.fromEntries(
    parts.flatMap((part) => Object.entries(snapshot[part]).map(([name, value]) => [`${part}/${name}`, value])),
  )
}

export function unflattened(values: Values): Snapshot {
  const of = (part: string): Values =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => name.startsWith(`${part}/`))
        .map(([name, value]) => [name.slice(part.length + 1), value]),
    )
  return { parameters: of('parameters'), state: of('state'), slots: of('slots') }
}
