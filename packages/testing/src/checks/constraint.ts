// What holds for constraints.

import {
  type Constraint,
  constant,
  evaluate,
  type ParameterInfo,
  type Shape,
  type Value,
  valueOf,
} from '@gradwerk/core'
import { check } from '../errors.ts'
import { constantScope, parameterInfo } from '../scopes.ts'
import { assertClose, assertFinite, doubles, randomValue, zeros } from '../values.ts'
import type { PluginCase } from './plugin.ts'

export interface ConstraintCase extends PluginCase<Constraint> {
  /** Shape of the parameter. Default [4, 3], a kernel [in, out]. */
  readonly shape?: Shape
  /** Default: a kernel of the shape. */
  readonly info?: ParameterInfo
  /** Whether a parameter lies in the set, up to rounding. */
  readonly holds: (parameter: Value, info: ParameterInfo) => boolean
}

const tolerance = { absolute: 1e-6, relative: 1e-5 }

function projected({ plugin, shape = [4, 3], info = parameterInfo(shape) }: ConstraintCase, parameter: Value): Value {
  return evaluate([plugin.project(constant(parameter), info, constantScope())])[0] as Value
}

/** Every projected point is finite, lies in the set and stays where it is when projected again; points of the set stay too. */
export function assertProjection(testCase: ConstraintCase): void {
  const { plugin, shape = [4, 3], info = parameterInfo(shape), holds } = testCase
  const type = { dtype: 'float32', shape } as const
  const points = [0.01, 1, 100].map((size, i) => randomValue(type, 81 + i, { low: -size, high: size }))
  points.push(zeros(type), valueOf('float32', shape, doubles(randomValue(type, 85)).map(Math.abs)))
  for (const point of points) {
    const once = projected(testCase, point)
    check(once.shape.join() === shape.join(), plugin.name, 'the projection has another shape', {
      expected: `[${shape.join(', ')}]`,
      got: `[${once.shape.join(', ')}]`,
    })
    assertFinite(once, plugin.name)
    check(holds(once, info), plugin.name, 'a projected parameter lies outside of the set', {
      got: `[${doubles(once).join(', ')}]`,
    })
    assertClose(projected(testCase, once), once, tolerance, `${plugin.name}, applied twice`)
    if (holds(point, info)) assertClose(once, point, tolerance, `${plugin.name}, of a point of the set`)
  }
}

/** Two constraints project to the same numbers. */
export function assertSameConstraint(testCase: ConstraintCase, again: Constraint): void {
  const point = randomValue({ dtype: 'float32', shape: testCase.shape ?? [4, 3] }, 86, { low: -3, high: 3 })
  assertClose(
    projected({ ...testCase, plugin: again }, point),
    projected(testCase, point),
    {},
    `${again.name} made again`,
  )
}
