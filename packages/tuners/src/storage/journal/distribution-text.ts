// Distributions as a journal holds them: texts of JSON, by the names of Optuna's classes.

import type { Distribution } from '@gradwerk/core'
import type { Json } from '../../json.ts'
import type { StoredParameter } from '../operation.ts'
import { FieldError, type Fields, fieldsOf, number, text } from './fields.ts'
import { floatText, jsonText, objectText, parsePythonJson, spaced } from './python-json.ts'

type Stored = Pick<StoredParameter, 'distribution' | 'legacy'>
type Attribute = readonly [key: string, text: string]

/** Attributes in the order in which Optuna writes them. */
function attributesOf({ distribution, legacy }: Stored): readonly [name: string, attributes: readonly Attribute[]] {
  if (distribution.type === 'categorical')
    return ['CategoricalDistribution', [['choices', jsonText(distribution.choices as readonly Json[], spaced)]]]
  const { type, low, high, log = false, step } = distribution
  const numeral = type === 'int' ? jsonText : floatText
  const bounds: readonly Attribute[] = [
    ['low', numeral(low)],
    ['high', numeral(high)],
  ]
  const scale: Attribute = ['log', String(log)]
  if (legacy !== undefined) {
    if (type === 'int') return [legacy, [['step', jsonText(step ?? 1)], ...bounds]]
    return [legacy, step === undefined ? bounds : [...bounds, ['q', floatText(step)]]]
  }
  if (type === 'int') return ['IntDistribution', [scale, ['step', jsonText(step ?? 1)], ...bounds]]
  return ['FloatDistribution', [['step', step === undefined ? 'null' : floatText(step)], ...bounds, scale]]
}

export function distributionText(stored: Stored): string {
  const [name, attributes] = attributesOf(stored)
  return objectText(
    [
      ['name', jsonText(name)],
      ['attributes', objectText(attributes, spaced)],
    ],
    spaced,
  )
}

function flag(attributes: Fields, name: string): boolean {
  const value = attributes[name] ?? false
  if (typeof value === 'boolean') return value
  throw new FieldError(`'${name}' of a distribution is no boolean`)
}

/** A range; what is not said of it (no step, no logarithm) is left out, so that equal ranges are equal objects. */
function range(type: 'float' | 'int', attributes: Fields, log: boolean, stepName: string): Distribution {
  const step = (attributes[stepName] ?? null) === null ? undefined : number(attributes, stepName)
  return {
    type,
    low: number(attributes, 'low'),
    high: number(attributes, 'high'),
    ...(log ? { log } : {}),
    ...(step === undefined || (type === 'int' && step === 1) ? {} : { step }),
  }
}

function categorical(attributes: Fields): Distribution {
  const { choices } = attributes
  if (!Array.isArray(choices) || choices.length === 0)
    throw new FieldError('a categorical distribution without choices')
  return { type: 'categorical', choices }
}

/** Optuna's classes of today, those it has deprecated, and the short form it also reads. */
const readers: Readonly<Record<string, (attributes: Fields) => Distribution>> = {
  FloatDistribution: (a) => range('float', a, flag(a, 'log'), 'step'),
  IntDistribution: (a) => range('int', a, flag(a, 'log'), 'step'),
  CategoricalDistribution: categorical,
  float: (a) => range('float', a, flag(a, 'log'), 'step'),
  int: (a) => range('int', a, flag(a, 'log'), 'step'),
  categorical,
}
const legacyReaders: typeof readers = {
  UniformDistribution: (a) => range('float', a, false, 'q'),
  LogUniformDistribution: (a) => range('float', a, true, 'q'),
  DiscreteUniformDistribution: (a) => range('float', a, false, 'q'),
  IntUniformDistribution: (a) => range('int', a, false, 'step'),
  IntLogUniformDistribution: (a) => range('int', a, true, 'step'),
}

/** Throws a FieldError for a class that does not exist. */
function parseDistribution(source: string): Stored {
  let parsed: Fields
  try {
    parsed = fieldsOf(parsePythonJson(source), 'a distribution')
  } catch (cause) {
    throw new FieldError(`a distribution that is no JSON: ${source}`, { cause })
  }
  const name = text(parsed, Object.hasOwn(parsed, 'type') ? 'type' : 'name')
  const attributes = Object.hasOwn(parsed, 'type') ? parsed : fieldsOf(parsed['attributes'], `'attributes'`)
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
  if (reader !== undefined) return { distribution: reader(attributes) }
  const legacy = Object.hasOwn(legacyReaders, name) ? legacyReaders[name] : undefined
  if (legacy !== undefined) return { distribution: legacy(attributes), legacy: name }
  throw new FieldError(`an unknown distribution '${name}'`)
}

/** A parameter as a line holds it. A negative index of a choice counts from the end, as in Python. */
export function parseParameter(internal: number, source: string): StoredParameter {
  const stored = parseDistribution(source)
  const { distribution } = stored
  if (distribution.type !== 'categorical') return { internal, ...stored }
  const count = distribution.choices.length
  const index = Math.trunc(internal < 0 ? internal + count : internal)
  if (!(index >= 0 && index < count)) throw new FieldError(`choice ${internal} of ${count}`)
  return { internal: index, ...stored }
}

/** The internal value as Optuna writes it: the index of a choice is whole, everything else a float. */
export function internalText({ internal, distribution, legacy }: StoredParameter): string {
  const whole = distribution.type === 'categorical' || (legacy !== undefined && distribution.type === 'int')
  return whole ? jsonText(internal) : floatText(internal)
}
