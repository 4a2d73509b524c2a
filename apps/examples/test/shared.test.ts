import { OptionError } from '@gradwerk/core'
import { describe, expect, test } from 'vitest'
import { logEstimate } from '../src/deep-perceptron/figures.ts'
import { momentsOf } from '../src/deep-perceptron/initial-statistics.ts'
import { markdownTable, withPart } from '../src/shared/page.ts'
import { svgOf } from '../src/shared/plot.ts'
import { estimate, standardDeviation } from '../src/shared/statistics.ts'

describe('statistics', () => {
  test('the mean and its interval', () => {
    // s = 1, t(0.975, 2) = 4.3027.
    const { mean, ci95 } = estimate([1, 2, 3])
    expect(mean).toBe(2)
    expect(ci95).toBeCloseTo(4.3027 / Math.sqrt(3), 3)
    expect(standardDeviation([1, 2, 3])).toBe(1)
  })

  test('moments of numbers whose squares float32 cannot hold', () => {
    const of = { dtype: 'float32', shape: [2], data: Float32Array.of(1e-30, 3e-30) } as const
    expect(momentsOf(of).mean / 2e-30).toBeCloseTo(1, 6)
    expect(momentsOf(of).deviation / 1e-30).toBeCloseTo(1, 6)
    expect(momentsOf(of, 1e30).deviation).toBeCloseTo(1, 6)
  })

  test('geometric means', () => {
    expect(logEstimate([1, 100])?.mean).toBe(1)
    expect(logEstimate([0, 1])).toBeUndefined()
  })
})

describe('pages', () => {
  test('tables', () => {
    expect(markdownTable(['a', 'b'], [['x', '1']])).toBe('| a | b |\n| --- | ---: |\n| x | 1 |')
  })

  test('a part is replaced, the rest stays', () => {
    const page = 'before\n<!-- measured -->\nold\n<!-- /measured -->\nafter'
    expect(withPart(page, 'measured', 'new')).toBe('before\n<!-- measured -->\n\nnew\n\n<!-- /measured -->\nafter')
    expect(() => withPart('nothing', 'measured', '')).toThrow(OptionError)
  })
})

test('a chart becomes an SVG', async () => {
  const svg = await svgOf({
    data: { values: [{ x: 0.001 }, { x: 0.002 }] },
    mark: { type: 'point', tooltip: false, description: 'point' },
    encoding: { x: { field: 'x', type: 'quantitative', axis: { values: [0.001] } } },
  })
  expect(svg.startsWith('<svg')).toBe(true)
  expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(2)
  expect(svg).toContain('>0.001<')
  expect(svg.match(/<[^>]+>/g)?.filter((tag) => /\.\d{3}/.test(tag))).toEqual([])
})
