// The first numbers of a model.

import type { Fans } from '../contracts/initializer.ts'
import type { ParameterSpec } from '../contracts/layer.ts'
import { PluginError } from '../errors.ts'
import { fold } from '../random/key.ts'
import { randomStream } from '../random/stream.ts'
import type { Key } from '../random/threefry.ts'
import { sizeOf } from '../tensor/shape.ts'
import { filled, type Value, type Values, value } from '../tensor/value.ts'
import type { ModelTrace } from './trace.ts'

/** fanIn: elements that feed one output; fanOut: elements that one input feeds. The receptive field counts in both. */
export function fansOf({
  shape,
  outputAxes,
  inputAxes,
}: Pick<ParameterSpec, 'shape' | 'outputAxes' | 'inputAxes'>): Fans {
  const without = (axes: readonly number[]) => sizeOf(shape.filter((_, axis) => !axes.includes(axis)))
  return { fanIn: without(outputAxes), fanOut: without(inputAxes) }
}

/** Draws one parameter from the key of the run; its name decides which part of the key's numbers it gets. */
export function initializeParameter(name: string, spec: ParameterSpec, key: Key): Value {
  const { shape, outputAxes, inputAxes } = spec
  const fans = { ...fansOf(spec), outputAxes, inputAxes }
  const numbers = spec.initializer.sample(shape, fans, randomStream(fold(key, `initializer:${name}`)))
  if (numbers.length === sizeOf(spec.shape)) return value('float32', spec.shape, numbers)
  throw new PluginError({
    who: `initializer ${spec.initializer.name}`,
    problem: `it gave the wrong number of elements for '${name}'`,
    expected: String(sizeOf(spec.shape)),
    got: String(numbers.length),
  })
}

/** Parameters and states of a traced model before training. */
export function initializeModel(trace: ModelTrace, key: Key): { parameters: Values; state: Values } {
  return {
    parameters: Object.fromEntries(
      [...trace.parameters].map(([name, { spec }]) => [name, initializeParameter(name, spec, key)]),
    ),
    state: Object.fromEntries(
      [...trace.states].map(([name, { spec }]) => [name, filled('float32', spec.shape, spec.initial)]),
    ),
  }
}
