// JSON as Python writes it: ASCII only, floats with a point or an exponent, and bare NaN and Infinity.

import { DataError, show } from '@gradwerk/core'
import type { Json } from '../../json.ts'

/** A finite float by Python's `repr`: the shortest digits that are read back the same; an exponent below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (Object.is(value, -0)) return '-0.0'
  const [mantissa = '0', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  const plain = String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}

/** A number that may be whole: JavaScript does not tell 1 from 1.0. */
function numberText(value: number): string {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : floatText(value)
}

function stringText(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The separators of `json.dumps`: those of lines, and its default, which distributions are written with. */
export const compact: Separators = [',', ':']
export const spaced: Separators = [', ', ': ']
export type Separators = readonly [item: string, key: string]

/** A list of texts as a JSON object or array. */
export function objectText(entries: readonly (readonly [key: string, text: string])[], separators: Separators): string {
  return `{${entries.map(([key, text]) => stringText(key) + separators[1] + text).join(separators[0])}}`
}

export function arrayText(texts: readonly string[], separators: Separators = compact): string {
  return `[${texts.join(separators[0])}]`
}

/** A value as `json.dumps` writes it. Throws a DataError for what is no JSON, such as a function or a date. */
export function jsonText(value: Json, separators: Separators = compact): string {
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return stringText(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (Array.isArray(value))
    return arrayText(
      value.map((item: Json) => jsonText(item, separators)),
      separators,
    )
  if (typeof value !== 'object' || ![Object.prototype, null].includes(Object.getPrototypeOf(value)))
    throw new DataError({
      who: 'a study',
      problem: 'a value that a storage cannot keep',
      expected: 'JSON: null, booleans, numbers, texts, arrays and plain objects',
      got: show(value),
    })
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return objectText(
    entries.map(([key, item]) => [key, jsonText(item, separators)]),
    separators,
  )
}

const token = /[\t\n\r ]*([[\]{},:]|"(?:[^"\\]|\\.)*"|-?Infinity|[^\t\n\r [\]{},:"]+)/y

/** JSON with bare NaN and Infinity by recursive descent; leaves are left to JSON.parse. */
function parseWithNonFinite(source: string): Json {
  let position = 0
  const next = (): string => {
    token.lastIndex = position
    const found = token.exec(source)?.[1]
    if (found === undefined) throw new SyntaxError(`no JSON at character ${position}`)
    position = token.lastIndex
    return found
  }
  const peek = (): string => {
    const before = position
    const found = next()
    position = before
    return found
  }
  const expect = (expected: string): void => {
    const found = next()
    if (found !== expected) throw new SyntaxError(`'${expected}' expected before character ${position}, not ${found}`)
  }
  const items = <T>(close: string, item: () => T): T[] => {
    const found: T[] = []
    if (peek() === close) {
      next()
      return found
    }
    for (;;) {
      found.push(item())
      const separator = next()
      if (separator === close) return found
      if (separator !== ',') throw new SyntaxError(`',' expected before character ${position}, not ${separator}`)
    }
  }
  const value = (): Json => {
    const found = next()
    if (found === '[') return items(']', value)
    if (found === '{')
      return Object.fromEntries(
        items('}', () => {
          const key: unknown = JSON.parse(next())
          if (typeof key !== 'string') throw new SyntaxError(`a key expected before character ${position}`)
          expect(':')
          return [key, value()] as const
        }),
      )
    if (found === 'NaN' || found === 'Infinity' || found === '-Infinity') return Number(found)
    return JSON.parse(found)
  }
  const parsed = value()
  if (source.slice(position).trim() !== '') throw new SyntaxError(`more than one value, from character ${position} on`)
  return parsed
}

/** What `json.loads` reads. Throws a SyntaxError. */
export function parsePythonJson(text: string): Json {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text
  return /NaN|Infinity/.test(source) ? parseWithNonFinite(source) : JSON.parse(source)
}
