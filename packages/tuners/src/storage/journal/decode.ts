// Lines of Optuna's journal as operations.

import type { Direction } from '@gradwerk/core'
import type { Json } from '../../json.ts'
import type { Change, Operation, StoredParameter, TrialState, WholeTrial } from '../operation.ts'
import { parseParameter } from './distribution-text.ts'
import { directionNumbers, states } from './encode.ts'
import {
  entries,
  FieldError,
  type Fields,
  fieldsOf,
  number,
  numbers,
  numbersOrNull,
  text,
  textOrNull,
  whole,
} from './fields.ts'

function direction(code: number): Direction {
  // 0, "not set", is read by Optuna and never written.
  if (code === directionNumbers.minimize || code === 0) return 'minimize'
  if (code === directionNumbers.maximize) return 'maximize'
  throw new FieldError(`an unknown direction ${code}`)
}

function stateOf(fields: Fields): TrialState {
  const code = whole(fields, 'state')
  const state = states[code]
  if (state === undefined) throw new FieldError(`an unknown state ${code}`)
  return state
}

/** The one key of an attribute. */
function attribute(fields: Fields, of: 'user' | 'system'): { of: 'user' | 'system'; key: string; value: Json } {
  const pairs = entries(fields, `${of}_attr`)
  const [first] = pairs
  if (first === undefined || pairs.length > 1) throw new FieldError(`${pairs.length} attributes where one belongs`)
  return { of, key: first[0], value: first[1] }
}

/** One objective is in `value`, several are in `values`. */
function valuesOf(fields: Fields): readonly number[] | null {
  const single = (fields['value'] ?? null) === null ? null : [number(fields, 'value')]
  const several = (fields['values'] ?? null) === null ? null : numbers(fields, 'values')
  if (single !== null && several !== null) throw new FieldError(`both 'value' and 'values'`)
  return single ?? several
}

function parametersOf(fields: Fields): Record<string, StoredParameter> {
  const sources = fieldsOf(fields['distributions'] ?? {}, `'distributions'`)
  const internals = fieldsOf(fields['params'] ?? {}, `'params'`)
  return Object.fromEntries(
    Object.keys(internals).map((name) => [name, parseParameter(number(internals, name), text(sources, name))]),
  )
}

function wholeTrial(fields: Fields): WholeTrial {
  const completed = (fields['datetime_complete'] ?? null) === null ? undefined : text(fields, 'datetime_complete')
  const steps = fieldsOf(fields['intermediate_values'] ?? {}, `'intermediate_values'`)
  return {
    state: Object.hasOwn(fields, 'state') ? stateOf(fields) : 'running',
    values: valuesOf(fields),
    ...(completed === undefined ? {} : { completed }),
    parameters: parametersOf(fields),
    user: Object.fromEntries(entries(fields, 'user_attrs')),
    system: Object.fromEntries(entries(fields, 'system_attrs')),
    intermediate: Object.keys(steps).map((step) => [Number(step), number(steps, step)] as const),
  }
}

const wholeKeys = ['state', 'value', 'values', 'distributions', 'params', 'user_attrs', 'system_attrs']

function changeOf(fields: Fields): Change {
  const code = whole(fields, 'op_code')
  switch (code) {
    case 0:
      return {
        kind: 'createStudy',
        name: text(fields, 'study_name'),
        directions: numbers(fields, 'directions').map(direction),
      }
    case 1:
      return { kind: 'deleteStudy', study: whole(fields, 'study_id') }
    case 2:
    case 3:
      return {
        kind: 'studyAttribute',
        study: whole(fields, 'study_id'),
        ...attribute(fields, code === 2 ? 'user' : 'system'),
      }
    case 4: {
      const bare = { kind: 'createTrial', study: whole(fields, 'study_id') } as const
      const started = textOrNull(fields, 'datetime_start')
      return wholeKeys.some((key) => Object.hasOwn(fields, key))
        ? { ...bare, started, whole: wholeTrial(fields) }
        : { ...bare, started }
    }
    case 5:
      return {
        kind: 'parameter',
        trial: whole(fields, 'trial_id'),
        name: text(fields, 'param_name'),
        parameter: parseParameter(number(fields, 'param_value_internal'), text(fields, 'distribution')),
      }
    case 6: {
      const state = stateOf(fields)
      const key = state === 'running' ? 'datetime_start' : 'datetime_complete'
      return {
        kind: 'state',
        trial: whole(fields, 'trial_id'),
        state,
        values: numbersOrNull(fields, 'values'),
        ...((fields[key] ?? null) === null ? {} : { time: text(fields, key) }),
      }
    }
    case 7:
      return {
        kind: 'intermediate',
        trial: whole(fields, 'trial_id'),
        step: whole(fields, 'step'),
        value: number(fields, 'intermediate_value'),
      }
    case 8:
    case 9:
      return {
        kind: 'trialAttribute',
        trial: whole(fields, 'trial_id'),
        ...attribute(fields, code === 8 ? 'user' : 'system'),
      }
    case 10:
      // Trials discarded by other programs: Optuna reads such lines and does nothing.
      return { kind: 'ignored', code }
    default:
      throw new FieldError(`an unknown operation ${code}`)
  }
}

/** Throws a FieldError for what is no operation. */
export function decode(line: Json): Operation {
  const fields = fieldsOf(line, 'the line')
  return { ...changeOf(fields), worker: text(fields, 'worker_id') }
}
