// Typed access to the fields of a parsed line.

import { show } from '@gradwerk/core'
import type { Json } from '../../json.ts'

/** A line that is JSON, but no operation. The reader of the file says which line. */
export class FieldError extends Error {}

export type Fields = { readonly [key: string]: Json }

export function fieldsOf(value: Json | undefined, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FieldError(`${what} is ${show(value)} instead of an object`)
  return value as Fields
}

function field<T>(what: string, is: (value: Json | undefined) => value is T & Json) {
  return (fields: Fields, name: string): T => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (is(value)) return value
    throw new FieldError(`'${name}' is ${value === undefined ? 'missing' : show(value)} instead of ${what}`)
  }
}

const isText = (value: Json | undefined) => typeof value === 'string'
const isNumber = (value: Json | undefined) => typeof value === 'number'
const isNumbers = (value: Json | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number')

export const text: (fields: Fields, name: string) => string = field('a text', isText)
export const number: (fields: Fields, name: string) => number = field('a number', isNumber)
export const textOrNull: (fields: Fields, name: string) => string | null = field(
  'a text or null',
  (value): value is string | null => value === null || isText(value),
)
export const whole: (fields: Fields, name: string) => number = field('a whole number', (value): value is number =>
  Number.isSafeInteger(value),
)
export const numbers: (fields: Fields, name: string) => readonly number[] = field('a list of numbers', isNumbers)
export const numbersOrNull: (fields: Fields, name: string) => readonly number[] | null = field(
  'a list of numbers or null',
  (value): value is readonly number[] | null => value === null || isNumbers(value),
)

/** An object that may be left out, as entries. */
export function entries(fields: Fields, name: string): readonly (readonly [string, Json])[] {
  return Object.hasOwn(fields, name) ? Object.entries(fieldsOf(fields[name], `'${name}'`)) : []
}
