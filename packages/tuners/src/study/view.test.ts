import type { Distribution, TrialRecord } from '@gradwerk/core'
import { expect, test } from 'vitest'
import { jointSpace } from './view.ts'

test('the joint space of more trials than a call takes arguments', () => {
  const x: Distribution = { type: 'float', low: 0, high: 1 }
  const trial: TrialRecord = {
    ...{ number: 0, state: 'running', parameters: { x: 0.5 }, distributions: { x }, values: undefined },
    intermediate: new Map(),
  }
  const trials = Array.from({ length: 200_000 }, () => trial)
  expect(jointSpace({ directions: ['minimize'], trials }, { y: x })).toEqual({ x, y: x })
})
