// What holds for gradient transforms.

import { constant, evaluate, type GradientTransform, type Tensor, type Value } from '@gradwerk/core'
import { check } from '../errors.ts'
import { constantScope } from '../scopes.ts'
import { assertClose, assertFinite, randomValue, zeros } from '../values.ts'
import type { PluginCase } from './plugin.ts'

export interface GradientTransformCase extends PluginCase<GradientTransform> {
  /** Anything else that holds; throws where it does not. */
  readonly verify?: (before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>) => void
}

const shapes = { 'a.kernel': [4, 3], 'a.bias': [3], scale: [] } as const

/** Gradients of the size given; 0 for gradients of 0. */
export function sampleGradients(size: number): Map<string, Value> {
  return new Map(
    Object.entries(shapes).map(([name, shape], i) => {
      const value = randomValue({ dtype: 'float32', shape }, 111 + i, { low: -size, high: size })
      return [name, size === 0 ? zeros(value) : value]
    }),
  )
}

/** The gradients after the transform. */
export function transformed(plugin: GradientTransform, gradients: ReadonlyMap<string, Value>): Map<string, Value> {
  const tensors = new Map([...gradients].map(([name, value]): [string, Tensor] => [name, constant(value)]))
  const after = [...plugin.transform(tensors, constantScope())]
  const values = evaluate(after.map(([, tensor]) => tensor))
  return new Map(after.map(([name], i) => [name, values[i] as Value]))
}

/** The same names and shapes come out, finite for huge, tiny and vanished gradients. */
export function assertTransform({ plugin, verify }: GradientTransformCase): void {
  for (const size of [0, 1e-6, 1, 1e6]) {
    const before = sampleGradients(size)
    const after = transformed(plugin, before)
    check(
      [...after.keys()].toSorted().join() === [...before.keys()].toSorted().join(),
      plugin.name,
      'other gradients come out',
      {
        expected: [...before.keys()].join(', '),
        got: [...after.keys()].join(', '),
      },
    )
    for (const [name, { shape }] of before) {
      const value = after.get(name) as Value
      check(value.shape.join() === shape.join(), plugin.name, `the gradient of '${name}' changes its shape`, {
        expected: `[${shape.join(', ')}]`,
        got: `[${value.shape.join(', ')}]`,
      })
      assertFinite(value, `${plugin.name}, gradients of size ${size}, '${name}'`)
    }
    verify?.(before, after)
  }
}

/** Two transforms compute the same. */
export function assertSameTransform({ plugin }: GradientTransformCase, again: GradientTransform): void {
  const before = sampleGradients(1)
  const expected = transformed(plugin, before)
  for (const [name, value] of transformed(again, before))
    assertClose(value, expected.get(name) as Value, {}, `${again.name} made again`)
}
