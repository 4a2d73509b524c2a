// Operations as lines of Optuna's journal.

import type { Json } from '../../json.ts'
import type { Operation, TrialState, WholeTrial } from '../operation.ts'
import { distributionText, internalText } from './distribution-text.ts'
import { arrayText, compact, floatText, jsonText, objectText } from './python-json.ts'
import { type TimeForm, timeText } from './time.ts'

/** States and directions by their numbers. */
export const states: readonly TrialState[] = ['running', 'complete', 'pruned', 'failed', 'waiting']
export const directionNumbers = { minimize: 1, maximize: 2 } as const

type Field = readonly [key: string, text: string]

const floats = (values: readonly number[] | null) => (values === null ? 'null' : arrayText(values.map(floatText)))

function wholeFields(whole: WholeTrial, form: TimeForm): Field[] {
  const { state, values, completed, parameters, user, system, intermediate } = whole
  const single = values?.length === 1
  const all = Object.entries(parameters)
  return [
    ['state', String(states.indexOf(state))],
    ['value', single ? floatText(values[0] as number) : 'null'],
    ['values', single ? 'null' : floats(values)],
    ...(completed === undefined ? [] : [['datetime_complete', jsonText(timeText(completed, form))] as const]),
    [
      'distributions',
      objectText(
        all.map(([name, stored]) => [name, jsonText(distributionText(stored))]),
        compact,
      ),
    ],
    [
      'params',
      objectText(
        all.map(([name, stored]) => [name, internalText(stored)]),
        compact,
      ),
    ],
    ['user_attrs', jsonText(user)],
    ['system_attrs', jsonText(system)],
    [
      'intermediate_values',
      objectText(
        intermediate.map(([step, value]) => [String(step), floatText(value)]),
        compact,
      ),
    ],
  ]
}

/** An attribute always has a value: unlike a property of an object, one that is undefined is refused. */
const attributeText = (key: string, value: Json) => objectText([[key, jsonText(value)]], compact)

/** The op code and its fields in Optuna's order. */
function fieldsOf(operation: Operation, form: TimeForm): readonly [code: number, ...fields: Field[]] {
  switch (operation.kind) {
    case 'createStudy':
      return [
        0,
        ['study_name', jsonText(operation.name)],
        ['directions', jsonText(operation.directions.map((direction) => directionNumbers[direction]))],
      ]
    case 'deleteStudy':
      return [1, ['study_id', String(operation.study)]]
    case 'studyAttribute': {
      const { of, study, key, value } = operation
      return [of === 'user' ? 2 : 3, ['study_id', String(study)], [`${of}_attr`, attributeText(key, value)]]
    }
    case 'createTrial': {
      const { study, started, whole } = operation
      const start = started === null ? null : timeText(started, form)
      const fields = whole === undefined ? [] : wholeFields(whole, form)
      return [4, ['study_id', String(study)], ['datetime_start', jsonText(start)], ...fields]
    }
    case 'parameter': {
      const { trial, name, parameter } = operation
      return [
        5,
        ['trial_id', String(trial)],
        ['param_name', jsonText(name)],
        ['param_value_internal', internalText(parameter)],
        ['distribution', jsonText(distributionText(parameter))],
      ]
    }
    case 'state': {
      const { trial, state, values, time } = operation
      const key = state === 'running' ? 'datetime_start' : 'datetime_complete'
      return [
        6,
        ['trial_id', String(trial)],
        ['state', String(states.indexOf(state))],
        ['values', floats(values)],
        ...(time === undefined ? [] : [[key, jsonText(timeText(time, form))] as const]),
      ]
    }
    case 'intermediate': {
      const { trial, step, value } = operation
      return [7, ['trial_id', String(trial)], ['step', String(step)], ['intermediate_value', floatText(value)]]
    }
    case 'trialAttribute': {
      const { of, trial, key, value } = operation
      return [of === 'user' ? 8 : 9, ['trial_id', String(trial)], [`${of}_attr`, attributeText(key, value)]]
    }
    case 'ignored':
      return [operation.code]
  }
}

/** An operation as a line, without its end. */
export function encode(operation: Operation, form: TimeForm): string {
  const [code, ...fields] = fieldsOf(operation, form)
  return objectText([['op_code', String(code)], ['worker_id', jsonText(operation.worker)], ...fields], compact)
}
