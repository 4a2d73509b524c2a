// A weight seen as matrices of outputs and inputs, whatever the order of its axes.

import { type InitializerFans, type Shape, ShapeError, sizeOf } from '@gradwerk/core'

/** A matrix of outputs × inputs for every place of the receptive field (one place, for a dense kernel). */
export interface WeightView {
  readonly outputs: number
  readonly inputs: number
  readonly places: number
  /** The middle of the receptive field: index ⌊k / 2⌋ of every axis. */
  readonly center: number
  /** The row-major index of an element. */
  at(output: number, input: number, place: number): number
}

/** Row-major indices of all elements that lie at 0 in the other axes, in the order of the given ones. */
function offsetsOf(shape: Shape, axes: readonly number[]): number[] {
  const strideOf = (axis: number) => sizeOf(shape.slice(axis + 1))
  return axes.reduce<number[]>(
    (offsets, axis) =>
      offsets.flatMap((offset) => Array.from({ length: shape[axis] ?? 0 }, (_, i) => offset + i * strideOf(axis))),
    [0],
  )
}

function axesOf(
  shape: Shape,
  { outputAxes, inputAxes }: InitializerFans,
): { outputAxes: readonly number[]; inputAxes: readonly number[] } {
  const [usualOutput, usualInput] = shape.length === 2 ? [1, 0] : [0, 1]
  return { outputAxes: outputAxes ?? [usualOutput], inputAxes: inputAxes ?? [usualInput] }
}

/** Throws a ShapeError for a parameter that connects no inputs with outputs, such as a bias. */
export function weightView(who: string, shape: Shape, fans: InitializerFans): WeightView {
  const { outputAxes, inputAxes } = axesOf(shape, fans)
  const channels = [...outputAxes, ...inputAxes]
  if (shape.length < 2 || outputAxes.length === 0 || inputAxes.length === 0 || new Set(channels).size < channels.length)
    throw new ShapeError({
      who,
      problem: 'the parameter does not connect inputs with outputs',
      expected: 'a kernel with axes for both',
      got: `[${shape.join(', ')}]`,
      hint: 'another initializer for biases and scales',
    })
  const field = shape.map((_, axis) => axis).filter((axis) => !channels.includes(axis))
  const outputs = offsetsOf(shape, outputAxes)
  const inputs = offsetsOf(shape, inputAxes)
  const places = offsetsOf(shape, field)
  return {
    outputs: outputs.length,
    inputs: inputs.length,
    places: places.length,
    center: field.reduce((index, axis) => index * (shape[axis] ?? 0) + Math.floor((shape[axis] ?? 0) / 2), 0),
    at: (output, input, place) => (outputs[output] ?? 0) + (inputs[input] ?? 0) + (places[place] ?? 0),
  }
}

/**
 * The views of the groups of a convolution. Of a kernel [out, in/groups, …] each group has a part of the outputs, of a transposed one
 * [in, out/groups, …] a part of the inputs: what comes first is divided. Throws a ShapeError if it cannot be.
 */
export function groupViews(
  who: string,
  shape: Shape,
  fans: InitializerFans,
  groups: number = fans.groups ?? 1,
): WeightView[] {
  const whole = weightView(who, shape, fans)
  const { outputAxes, inputAxes } = axesOf(shape, fans)
  const byOutputs = Math.min(...outputAxes) < Math.min(...inputAxes)
  const divided = (byOutputs ? whole.outputs : whole.inputs) / groups
  if (!Number.isInteger(divided))
    throw new ShapeError({
      who,
      problem: 'the first axis cannot be divided into groups',
      expected: `a multiple of ${groups}`,
      got: `[${shape.join(', ')}]`,
    })
  return Array.from({ length: groups }, (_, group) =>
    byOutputs
      ? { ...whole, outputs: divided, at: (o, i, place) => whole.at(group * divided + o, i, place) }
      : { ...whole, inputs: divided, at: (o, i, place) => whole.at(o, group * divided + i, place) },
  )
}
