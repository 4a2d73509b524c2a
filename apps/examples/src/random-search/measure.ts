// All that the page shows: a random search, complete grids, and how many random trials find what a grid finds.

import { ort } from '@gradwerk/backend-ort'
import { fold, keyOf, randomStream, type Sampler } from '@gradwerk/core'
import {
  createStudy,
  type DeclaredStudy,
  defineSpace,
  fromUnit,
  grid,
  parameterImportances,
  random,
} from '@gradwerk/tuners'
import { digits, type Parameters, space, trainedAccuracy } from './network.ts'

export interface Plan {
  readonly train: number
  readonly validation: number
  readonly epochs: number
  readonly batchSize: number
  /** Of the random search. */
  readonly trials: number
  /** Grids of so many values of every parameter, in so many places. */
  readonly grids: readonly { readonly points: number; readonly places: number }[]
}

export const defaultPlan: Plan = {
  ...{ train: 500, validation: 1000, epochs: 5, batchSize: 50 },
  trials: 256,
  grids: [
    { points: 2, places: 8 },
    { points: 3, places: 5 },
  ],
}

export interface SearchTrial {
  readonly parameters: Parameters
  readonly accuracy: number
}

export interface Grid {
  /** Values of every parameter. */
  readonly points: number
  readonly place: number
  /** Every combination once, in the order in which they were tried. */
  readonly trials: readonly SearchTrial[]
}

export interface Measured {
  readonly plan: Plan
  readonly random: readonly SearchTrial[]
  readonly grids: readonly Grid[]
  /** Shares of the variance of the accuracy over the space, the largest first (functional ANOVA of the random trials). */
  readonly importances: readonly { readonly parameter: string; readonly importance: number }[]
}

/**
 * The values of every parameter in equally wide cells of its scale, at the same part of each cell: the middle in the first place, and anywhere, by
 * parameter and place, in the others. Where a grid happens to lie decides much.
 */
export function gridValues(points: number, place: number): Record<string, number[]> {
  const random = randomStream(fold(keyOf(place), 'place'))
  return Object.fromEntries(
    Object.entries(space).flatMap(([path, range]) => {
      if (range.type === 'categorical') return []
      const part = place === 0 ? 0.5 : random.uniform()
      return [[path, Array.from({ length: points }, (_, i) => fromUnit(range, (i + part) / points))]]
    }),
  )
}

async function search(sampler: Sampler, trials: number, plan: Plan): Promise<DeclaredStudy<Parameters>> {
  const backend = ort({ threads: 1 })
  const training = { ...digits(plan.train, plan.validation), epochs: plan.epochs, batchSize: plan.batchSize }
  const study = createStudy({ space: defineSpace(space), sampler, direction: 'maximize', seed: 1 })
  await study.optimize((parameters) => trainedAccuracy(parameters, training, backend), { trials })
  return study
}

async function searchGrid(points: number, place: number, plan: Plan): Promise<Grid> {
  const sampler = grid({ values: gridValues(points, place) })
  return { points, place, trials: trialsOf(await search(sampler, points ** Object.keys(space).length, plan)) }
}

async function searchRandomly(plan: Plan): Promise<Pick<Measured, 'random' | 'importances'>> {
  const study = await search(random(), plan.trials, plan)
  return { random: trialsOf(study), importances: parameterImportances(study).parameters }
}

export async function measure(plan: Plan, report: (message: string) => void = () => undefined): Promise<Measured> {
  report(`random search, ${plan.trials} trials`)
  const searched = await searchRandomly(plan)
  const grids: Grid[] = []
  for (const { points, places } of plan.grids)
    for (let place = 0; place < places; place++) {
      report(`grid of ${points} values, place ${place + 1} of ${places}`)
      grids.push(await searchGrid(points, place, plan))
    }
  return { plan, ...searched, grids }
}

function trialsOf({ trials }: DeclaredStudy<Parameters>): SearchTrial[] {
  return trials().map(({ parameters, values }) => ({ parameters, accuracy: values?.[0] ?? Number.NaN }))
}
