// All that was measured, as it is written to results.json.

import { availableParallelism } from 'node:os'
import { ort } from '@gradwerk/backend-ort'
import type { Dataset } from '@gradwerk/core'
import { constant, zeros } from '@gradwerk/initializers'
import { onWorkers } from '../shared/workers.ts'
import type { Cell, Plan } from './measure.ts'
import { activationNames, type Network, normalizerNames } from './network.ts'
import { type Symmetry, symmetryAfterTraining } from './symmetry.ts'

export interface SymmetryRow extends Symmetry {
  readonly initializer: string
  readonly activation: string
}

export interface Results {
  readonly dataset: { readonly name: string; readonly real: boolean; readonly samples: number }
  readonly plan: Omit<Plan, 'dataset'>
  readonly backend: string
  readonly cells: readonly Cell[]
  readonly symmetry: readonly SymmetryRow[]
}

async function measureSymmetry(plan: Plan): Promise<SymmetryRow[]> {
  const backend = ort({ threads: 1 })
  const rows: SymmetryRow[] = []
  for (const activation of activationNames)
    for (const [name, initializer] of [
      ['zeros', zeros()],
      ['constant 1/width', constant(1 / plan.width)],
    ] as const)
      rows.push({
        activation,
        initializer: name,
        ...(await symmetryAfterTraining({ activation, normalizer: 'none' }, initializer, 5e-4, plan, backend)),
      })
  return rows
}

export async function measureAll(plan: Plan, onProgress: (message: string) => void): Promise<Results> {
  const networks = normalizerNames
    .toReversed()
    .flatMap((normalizer) => activationNames.map((activation): Network => ({ activation, normalizer })))
  let done = 0
  const cells = await onWorkers<Network, Cell[]>(
    new URL('./worker.ts', import.meta.url),
    plan,
    networks,
    Math.min(2, availableParallelism()),
    ({ activation, normalizer }) =>
      onProgress(`${++done} of ${networks.length} networks: ${activation}, ${normalizer}`),
  )
  const { dataset, ...settings } = plan
  const { name, version, threads } = ort({ threads: 1 }).description
  return {
    dataset: datasetOf(dataset),
    plan: settings,
    backend: `${name} ${version}, threads: ${threads}`,
    cells: cells.flat(),
    symmetry: await measureSymmetry(plan),
  }
}

function datasetOf({ name, real, indices }: Dataset): Results['dataset'] {
  return { name, real, samples: indices.length }
}
