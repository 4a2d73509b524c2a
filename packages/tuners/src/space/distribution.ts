// The domains of parameters: which are sound, what lies in them, and how Optuna's journals write their values.

import { type Distribution, OptionError, show } from '@gradwerk/core'
import { highestOnGrid, isOnGrid } from './grid.ts'

type Range = Exclude<Distribution, { type: 'categorical' }>

function refuse(name: string, problem: string, expected: string, got: unknown): never {
  throw new OptionError({ who: `parameter ${name}`, problem, expected, got: show(got) })
}

function checkRange(name: string, range: Range): Range {
  const { type, low, high, log = false, step } = range
  const whole = type === 'int'
  if (![low, high].every(whole ? Number.isSafeInteger : Number.isFinite))
    refuse(name, 'bounds that are no numbers', whole ? 'two whole numbers' : 'two finite numbers', [low, high])
  if (low > high) refuse(name, 'the range is empty', `high ≥ low (${low})`, high)
  if (!Number.isFinite(high - low)) refuse(name, 'the range is too wide', 'a finite high − low', [low, high])
  if (log && low < (whole ? 1 : Number.MIN_VALUE))
    refuse(name, 'the logarithm of a bound does not exist', whole ? 'low ≥ 1' : 'low > 0', low)
  if (step === undefined) return range
  if (whole ? !Number.isSafeInteger(step) || step < 1 : !(Number.isFinite(step) && step > 0))
    refuse(name, 'a step that leads nowhere', whole ? 'a whole number ≥ 1' : 'a number > 0', step)
  if (log && !(whole && step === 1)) refuse(name, 'a logarithmic range with a step', 'one of the two', step)
  return { ...range, high: highestOnGrid(low, high, step) }
}

/** JSON has no NaN and no infinities. */
function told(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value
}

/** Choices are told apart by their JSON; unlike JSON's, NaN and the infinities are not null. Texts, the usual choices, need no escapes for that. */
export function choiceKey(choice: unknown): string {
  return typeof choice === 'string' ? `"${choice}` : (JSON.stringify(choice, told) ?? 'undefined')
}

/** A sound distribution: bounds in order, `high` lowered to the grid of the step. Throws an OptionError that names the parameter. */
export function checkDistribution(name: string, distribution: Distribution): Distribution {
  if (distribution.type !== 'categorical') return checkRange(name, distribution)
  const { choices } = distribution
  if (choices.length === 0) refuse(name, 'there is nothing to choose from', 'at least one choice', choices)
  const strange = choices.find((choice) => JSON.stringify(choice) === undefined)
  if (choices.includes(undefined) || strange !== undefined)
    refuse(name, 'a choice that is no JSON value', 'null, booleans, numbers, texts, arrays or objects', strange)
  if (new Set(choices.map(choiceKey)).size < choices.length)
    refuse(name, 'two choices are the same', 'distinct choices', choices)
  return distribution
}

/** How a value is kept in a journal: the number itself, or the index of a choice; undefined for a value outside the domain. */
export function toInternal(distribution: Distribution, value: unknown): number | undefined {
  if (distribution.type === 'categorical') {
    const key = choiceKey(value)
    const index = distribution.choices.findIndex((choice) => choiceKey(choice) === key)
    return index < 0 ? undefined : index
  }
  if (typeof value !== 'number' || !(value >= distribution.low && value <= distribution.high)) return undefined
  return distribution.type === 'int' && !Number.isInteger(value) ? undefined : value
}

/** The value behind a number of a journal. */
export function fromInternal(distribution: Distribution, internal: number): unknown {
  if (distribution.type === 'categorical') return distribution.choices[internal]
  return distribution.type === 'int' ? Math.trunc(internal) : internal
}

/** Whether a value lies in the domain: within the bounds and, where there is a step, on its grid. */
export function contains(distribution: Distribution, value: unknown): boolean {
  if (toInternal(distribution, value) === undefined) return false
  if (distribution.type === 'categorical' || distribution.step === undefined) return true
  return isOnGrid(distribution.low, distribution.step, value as number)
}

/** Whether there is one value only: nothing to search. */
export function isSingle(distribution: Distribution): boolean {
  if (distribution.type === 'categorical') return distribution.choices.length === 1
  return distribution.low === distribution.high
}

/** Whether one parameter may have both within a study: same kind, same scale, same choices; bounds and steps may differ. */
export function compatible(a: Distribution, b: Distribution): boolean {
  if (a.type === 'categorical' || b.type === 'categorical') return a.type === b.type && choiceKey(a) === choiceKey(b)
  return a.type === b.type && (a.log ?? false) === (b.log ?? false)
}
