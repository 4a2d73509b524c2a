// The committed page of an example, compared with what a run gives.

import { expect } from 'vitest'
import { withPart } from '../src/shared/page.ts'
import { pageOf } from '../src/shared/publish.ts'

const decimals = /-?\d+\.\d+/g

/**
 * The page has this text in its part `measured`: the same words, and the same numbers but for one in the last place, where processors add up
 * float32 in different orders.
 */
export function expectOnPage(name: string, text: string): void {
  const [committed, now] = [pageOf(name), withPart(pageOf(name), 'measured', text)]
  expect(now.replace(decimals, '#')).toBe(committed.replace(decimals, '#'))
  const numbers = (page: string) => page.match(decimals) ?? []
  for (const [i, shown] of numbers(committed).entries()) {
    const lastPlace = 10 ** -(shown.length - shown.indexOf('.') - 1)
    expect(Math.abs(Number(numbers(now)[i]) - Number(shown))).toBeLessThan(1.5 * lastPlace)
  }
}
