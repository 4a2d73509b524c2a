// A run that is acted out for a callback: its figures are given, its parameters hold the number of the epoch.

import { type Callback, type Directives, type EpochRecord, filled, type RunView, type Snapshot } from '@gradwerk/core'

export type Figures = Omit<EpochRecord, 'epoch' | 'steps'>

export interface ActedRun {
  /** Epochs that were trained. */
  readonly epochs: number
  /** The reason of the stop. */
  readonly stopped: string | undefined
  /** The epoch each part of the last snapshot is from. */
  readonly ended: Readonly<Record<keyof Snapshot, number>>
}

const stepsPerEpoch = 10

/** What callbacks of this package do not ask a run for. */
export const unasked: Pick<RunView, 'hyperparameters' | 'gradients'> = {
  hyperparameters: () => ({}),
  gradients: () => Promise.resolve({}),
}

function snapshotAfter(epoch: number): Snapshot {
  const values = (name: string) => ({ [name]: filled('float32', [1], epoch) })
  return { parameters: values('kernel'), state: values('mean'), slots: values('kernel/velocity') }
}

function epochOf(values: Snapshot['parameters']): number {
  return Number(Object.values(values)[0]?.data[0])
}

/** Plays epochs from `from` (counted from 0) on, as a trainer would. */
export async function act(callback: Callback, figures: readonly Figures[], from = 0): Promise<ActedRun> {
  const history = figures
    .slice(0, from)
    .map((record, i) => ({ ...record, epoch: i + 1, steps: (i + 1) * stepsPerEpoch }))
  let current = snapshotAfter(from)
  let stopped: string | undefined
  const run = {
    epochs: figures.length,
    stepsPerEpoch,
    get step() {
      return history.length * stepsPerEpoch
    },
    history,
    snapshot: () => current,
    ...unasked,
  }
  const obey = ({ stop, restore }: Directives = {}) => {
    stopped ??= stop
    current = restore ?? current
  }
  obey((await callback.onRunStart?.(run)) ?? undefined)
  for (const record of figures.slice(from)) {
    history.push({ ...record, epoch: history.length + 1, steps: (history.length + 1) * stepsPerEpoch })
    current = snapshotAfter(history.length)
    const last = history.at(-1)
    if (last !== undefined) obey((await callback.onEpochEnd?.(run, last)) ?? undefined)
    if (stopped !== undefined) break
  }
  obey((await callback.onRunEnd?.(run)) ?? undefined)
  const { parameters, state, slots } = current
  const ended = { parameters: epochOf(parameters), state: epochOf(state), slots: epochOf(slots) }
  return { epochs: history.length, stopped, ended }
}

/** Epochs with these validation losses. */
export function validationLosses(...losses: readonly number[]): Figures[] {
  return losses.map((loss) => ({ objective: loss, loss, validation: { loss } }))
}
