import { expect, test } from 'vitest'
import { OptionError } from '../errors.ts'
import { modeOfFigure } from './figures.ts'

test.each([
  ['objective', 'min'],
  ['loss', 'min'],
  ['validation.meanLoss', 'min'],
  ['training.meanSquaredError', 'min'],
  ['validation.accuracy', 'max'],
  ['validation.topAccuracy', 'max'],
  ['validation.f1', 'max'],
] as const)('%s is better %s', (figure, mode) => {
  expect(modeOfFigure('who', figure)).toBe(mode)
  expect(modeOfFigure('who', figure, 'auto')).toBe(mode)
  const other = mode === 'min' ? 'max' : 'min'
  expect(modeOfFigure('who', figure, other)).toBe(other)
})

test('a name that says nothing needs a mode', () => {
  expect(() => modeOfFigure('who', 'validation.score')).toThrow(OptionError)
  expect(() => modeOfFigure('who', 'validation.score')).toThrow(
    "who: it is not evident whether 'validation.score' should be small or large; expected the option mode: 'min' or 'max'",
  )
  expect(modeOfFigure('who', 'validation.score', 'max')).toBe('max')
})
