// Looking figures up in the record of an epoch.

import { type EpochRecord, OptionError } from '@gradwerk/core'

/** Every figure of an epoch by its full name: `objective`, `loss`, `training.loss`, `validation.accuracy`. */
function figuresOf({ objective, loss, training, validation }: EpochRecord): ReadonlyMap<string, number> {
  const part = (name: string, figures: Readonly<Record<string, number>> = {}) =>
    Object.entries(figures).map(([figure, value]) => [`${name}.${figure}`, value] as const)
  return new Map([
    ['objective', objective],
    ['loss', loss],
    ...part('training', training),
    ...part('validation', validation),
  ])
}

/** One figure. Throws an OptionError that names the figures there are. */
export function monitored(who: string, monitor: string, record: EpochRecord): number {
  const figures = figuresOf(record)
  const value = figures.get(monitor)
  if (value !== undefined) return value
  throw new OptionError({
    who,
    problem: `epoch ${record.epoch} has no figure '${monitor}'`,
    expected: `one of ${[...figures.keys()].join(', ')}`,
    ...(monitor.startsWith('validation.') && record.validation === undefined
      ? { hint: 'training with validation data' }
      : {}),
  })
}

/** Whether larger is better, for figures whose name says so. */
export function modeOf(monitor: string): 'min' | 'max' | undefined {
  const figure = monitor.slice(monitor.lastIndexOf('.') + 1)
  if (/(loss|objective|error)$/i.test(figure)) return 'min'
  return /accuracy$/i.test(figure) ? 'max' : undefined
}
