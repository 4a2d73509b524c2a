// What the command line reads out of texts.

import { UsageError } from './errors.ts'

/** Of whole numbers, in the help. */
export const fromPreset = "(from 1; default: the preset's, see 'bench list')"

export function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number
    throw new UsageError({
      who: 'bench',
      problem: `option '${option}' is not valid`,
      expected: 'a whole number from 1',
      got: `'${text}'`,
    })
  }
}

export function percentage(option: string): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (text.trim() !== '' && number > 0 && number <= 100) return number
    throw new UsageError({
      who: 'bench',
      problem: `option '${option}' is not valid`,
      expected: 'a number above 0, at most 100',
      got: `'${text}'`,
    })
  }
}

export function list(text: string): string[] {
  return text.split(',').map((part) => part.trim())
}

export function wholeNumbers(option: string): (text: string) => number[] {
  return (text) => list(text).map(wholeNumber(option))
}
