// The first numbers of a model.

import type { Fans } from '../contracts/initializer.ts'
import type { ParameterSpec } from '../contracts/layer.ts'
import { PluginError } from '../errors.ts'
import { fold } from '../random/key.ts'
import { randomStream } from '../random/stream.ts'
import type { Key } from '../random/threefry.ts'
import { sizeOf } from '../tensor/shape.ts'
import { filled, type Value, type Values, value } from '../tensor/value.ts'
import type { ModelTrace, TracedParameter, TracedState } from './trace.ts'

/**
 * The one place where fans are counted. fanIn: elements that feed one output; fanOut: elements that one input feeds. The receptive field
 * counts in both, strides in neither.
 *
 * | kernel | axes | fanIn | fanOut |
 * | --- | --- | --- | --- |
 * | dense | [in, out] | in | out |
 * | convolution | [out, in / groups, kh, kw] | in / groups · kh · kw | out / groups · kh · kw |
 * | depthwise, groups = in | [in · multiplier, 1, kh, kw] | kh · kw | multiplier · kh · kw |
 * | transposed convolution | [in, out / groups, kh, kw] | in / groups · kh · kw | out / groups · kh · kw |
 *
 * PyTorch sees the shape alone, takes axis 0 for outputs and knows no groups: its fanOut of a grouped kernel is `groups` times ours, and
 * its two fans of a transposed kernel are exchanged. Without groups, and for fanIn of every convolution, the two agree.
 */
export function fansOf({
  shape,
  outputAxes,
  inputAxes,
  groups = 1,
}: Pick<ParameterSpec, 'shape' | 'outputAxes' | 'inputAxes' | 'groups'>): Fans {
  const without = (axes: readonly number[]) => sizeOf(shape.filter((_, axis) => !axes.includes(axis)))
  // Axis 0 runs over all groups; only those of its own group feed an output, or are fed by an input.
  const mixed = (axes: readonly number[]) => (axes.includes(0) ? groups : 1)
  return { fanIn: without(outputAxes) / mixed(inputAxes), fanOut: without(inputAxes) / mixed(outputAxes) }
}

type Drawn = Pick<ParameterSpec, 'shape' | 'initializer' | 'outputAxes' | 'inputAxes' | 'groups'>

function filling(
  name: string,
  { shape }: Pick<Drawn, 'shape'>,
  numbers: ArrayLike<number> | undefined,
  who: string,
): Value {
  if (numbers?.length === sizeOf(shape)) return value('float32', shape, Float32Array.from(numbers))
  throw new PluginError({
    who,
    problem: `it gave the wrong number of elements for '${name}'`,
    expected: String(sizeOf(shape)),
    got: String(numbers?.length),
  })
}

/** Draws one parameter from the key of the run; its name decides which part of the key's numbers it gets. */
export function initializeParameter(name: string, spec: Drawn, key: Key): Value {
  const { shape, initializer, outputAxes, inputAxes, groups = 1 } = spec
  const fans = { ...fansOf(spec), outputAxes, inputAxes, groups }
  const numbers = initializer.sample(shape, fans, randomStream(fold(key, `initializer:${name}`)))
  return filling(name, spec, numbers, `initializer ${initializer.name}`)
}

/** Parameters and states of a traced model before training. */
export function initializeModel(trace: ModelTrace, key: Key): { parameters: Values; state: Values } {
  const draws = new Map<string, Value>()
  /** What a replaced parameter would have started with; drawn once for all that stands behind it. */
  const drawn = (replaces: string | undefined): Value | undefined => {
    const replaced = replaces === undefined ? undefined : trace.effective.get(replaces)
    if (replaces === undefined || replaced === undefined) return undefined
    const draw = draws.get(replaces) ?? initializeParameter(replaces, replaced.spec, key)
    draws.set(replaces, draw)
    return draw
  }
  const first = (name: string, { spec, replaces }: TracedParameter): Value => {
    const draw = spec.fromDraw && drawn(replaces)
    if (draw === undefined) return initializeParameter(name, spec, key)
    return filling(name, spec, spec.fromDraw?.(draw), `parametrization of ${replaces}`)
  }
  const begin = (name: string, { spec, replaces }: TracedState): Value => {
    const { shape, initial } = spec
    const start =
      typeof initial === 'number'
        ? filled('float32', shape, initial)
        : initializeParameter(name, { shape, initializer: initial, outputAxes: [], inputAxes: [] }, key)
    const draw = spec.fromDraw && drawn(replaces)
    return draw === undefined
      ? start
      : filling(name, spec, spec.fromDraw?.(draw, start), `parametrization of ${replaces}`)
  }
  return {
    parameters: Object.fromEntries([...trace.parameters].map(([name, traced]) => [name, first(name, traced)])),
    state: Object.fromEntries([...trace.states].map(([name, traced]) => [name, begin(name, traced)])),
  }
}
