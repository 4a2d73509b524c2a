import { expect, test } from 'vitest'
import { loadWarning } from './machine.ts'

test('a busy machine is reported, an unknown load is not', () => {
  expect(loadWarning({ cpu: '', cores: 2, load: 3.14 })).toContain('load 3.1 on 2 cores')
  expect(loadWarning({ cpu: '', cores: 2, load: 1 })).toBeUndefined()
  expect(loadWarning({ cpu: '', cores: 2, load: Number.NaN })).toBeUndefined()
})
