// Looking figures up in the record of an epoch.

import type { EpochRecord } from '../contracts/callback.ts'
import { OptionError } from '../errors.ts'

/** Every figure of an epoch by its full name: `objective`, `loss`, `training.loss`, `validation.accuracy`, `callbacks.seconds`. */
export function figuresOf({
  objective,
  loss,
  training,
  validation,
  callbacks,
}: EpochRecord): ReadonlyMap<string, number> {
  const part = (name: string, figures: Readonly<Record<string, number>> = {}) =>
    Object.entries(figures).map(([figure, value]) => [`${name}.${figure}`, value] as const)
  return new Map([
    ['objective', objective],
    ['loss', loss],
    ...part('training', training),
    ...part('validation', validation),
    ...part('callbacks', callbacks),
  ])
}

/** One figure. Throws an OptionError that names the figures there are. */
export function figureOf(who: string, name: string, record: EpochRecord): number {
  const figures = figuresOf(record)
  const value = figures.get(name)
  if (value !== undefined) return value
  throw new OptionError({
    who,
    problem: `epoch ${record.epoch} has no figure '${name}'`,
    expected: `one of ${[...figures.keys()].join(', ')}`,
    ...(name.startsWith('validation.') && record.validation === undefined
      ? { hint: 'training with validation data' }
      : {}),
  })
}

/**
 * Whether smaller or larger is better for a figure: what the user says, or what the figure's name says ('min' for losses and errors, 'max' for
 * accuracies, F1 …). Throws an OptionError where neither does.
 */
export function modeOfFigure(who: string, figure: string, given: 'min' | 'max' | 'auto' = 'auto'): 'min' | 'max' {
  if (given !== 'auto') return given
  const name = figure.slice(figure.lastIndexOf('.') + 1)
  if (/(loss|objective|error)$/i.test(name)) return 'min'
  if (/(accuracy|precision|recall|f1|rSquared)$/i.test(name)) return 'max'
  throw new OptionError({
    who,
    problem: `it is not evident whether '${figure}' should be small or large`,
    expected: "the option mode: 'min' or 'max'",
  })
}
