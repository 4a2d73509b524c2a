import { readFileSync } from 'node:fs'
import { fansOf, keyOf, randomStream } from '@gradwerk/core'
import { uniformFanIn } from '@gradwerk/layers'
import { initializerSuite, uniformDistribution } from '@gradwerk/testing'
import { expect, test } from 'vitest'

const bound = Math.sqrt(1 / 80)
initializerSuite(uniformFanIn, [
  { plugin: uniformFanIn(), shape: [80, 320], distribution: uniformDistribution({ low: -bound, high: bound }) },
])

const golden: { cases: { name: string; shape: number[]; bound: number }[] } = JSON.parse(
  readFileSync(new URL('golden/default-initializer.json', import.meta.url), 'utf8'),
)

test.each(golden.cases)('$name has the bound of PyTorch', ({ shape, bound }) => {
  const highest = { ...randomStream(keyOf(0)), uniform: () => 1 }
  const [number] = uniformFanIn().sample([1], fansOf({ shape, outputAxes: [0], inputAxes: [1] }), highest)
  expect(number).toBe(Math.fround(bound))
})
