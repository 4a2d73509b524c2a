// Random convolutions and pools: strides, paddings, dilations, groups, kernels and images of all kinds, with their gradients.

import {
  type AveragePoolingOptions,
  averagePool2d,
  conv2d,
  convInputGradient,
  convKernelGradient,
  dynamic,
  gradients,
  input,
  keyOf,
  maxPool2d,
  type RandomStream,
  randomStream,
  type Shape,
  type Tensor,
} from '@gradwerk/core'

/** Expressions of inputs, all named after the case they belong to. */
export interface WindowCase {
  /** What it is, for messages. */
  readonly title: string
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly outputs: Readonly<Record<string, Tensor>>
}

type Sides = readonly [number, number, number, number]

const between = (random: RandomStream, low: number, high: number) => low + random.integer(high - low + 1)
const choose = <T>(random: RandomStream, of: readonly T[]): T => of[random.integer(of.length)] as T

/** A window, and an image that it fits with up to five rows and columns to spare. */
function drawWindow(random: RandomStream, size: readonly [number, number], paddingBelow: readonly [number, number]) {
  const pair = (high: number) => [between(random, 1, high), between(random, 1, high)] as const
  const [strides, dilations] = [pair(3), pair(3)]
  const side = (axis: 0 | 1) => random.integer(paddingBelow[axis])
  const padding: Sides = choose(random, [
    [0, 0, 0, 0],
    [side(0), side(1), side(0), side(1)],
    [side(0), side(1), side(0), side(1)],
  ])
  const image = ([0, 1] as const).map((axis) => {
    const covered = dilations[axis] * (size[axis] - 1) + 1
    return Math.max(1, covered - (padding[axis] as number) - (padding[axis + 2] as number)) + random.integer(6)
  })
  return { strides, dilations, padding, image }
}

export interface Convolution {
  readonly options: {
    readonly strides: readonly [number, number]
    readonly dilations: readonly [number, number]
    readonly padding: Sides
    readonly groups: number
  }
  readonly x: Shape
  readonly kernel: Shape
}

function drawConvolution(random: RandomStream): Convolution {
  const size = [between(random, 1, 4), between(random, 1, 4)] as const
  const { image, ...window } = drawWindow(random, size, [4, 4])
  const depthwise = random.integer(4) === 0
  // Backends treat channels in blocks; a fifth of the cases fills some.
  const wide = random.integer(5) === 0
  const some = () => (wide ? choose(random, [8, 12, 16, 32]) : between(random, 1, 3))
  const groups = depthwise ? (wide ? 16 : between(random, 2, 5)) : choose(random, [1, 1, 1, 2, 3])
  const perGroup = depthwise ? 1 : some()
  const filters = groups * (depthwise ? between(random, 1, 2) : some())
  return {
    options: { ...window, groups },
    x: [between(random, 1, wide ? 2 : 3), groups * perGroup, ...image],
    kernel: [filters, perGroup, ...size],
  }
}

const titleOf = (i: number, facts: object) => `${i} ${JSON.stringify(facts)}`

/** The convolution, its two transposes, and the gradients of the three. */
function convolutionCase(random: RandomStream, i: number): WindowCase {
  const drawn = drawConvolution(random)
  const { options } = drawn
  const x = input(`${i}.x`, drawn.x)
  const kernel = input(`${i}.kernel`, drawn.kernel)
  const y = conv2d(x, kernel, options)
  const cotangent = input(`${i}.cotangent`, y.shape)
  const [inX, inKernel] = gradients(y, [x, kernel], cotangent) as [Tensor, Tensor]
  const back = convInputGradient(cotangent, kernel, drawn.x, options)
  const [backInY, backInKernel] = gradients(back, [cotangent, kernel], x) as [Tensor, Tensor]
  const across = convKernelGradient(x, cotangent, drawn.kernel, options)
  const [acrossInX, acrossInY] = gradients(across, [x, cotangent], kernel) as [Tensor, Tensor]
  const named = { y, inX, inKernel, back, backInY, backInKernel, across, acrossInX, acrossInY }
  return { title: titleOf(i, drawn), inputs: { x, kernel, cotangent }, outputs: named }
}

/** The convolution and its two transposes, with a batch whose length is not known. */
function openConvolutionCase(random: RandomStream, i: number): WindowCase {
  const drawn = drawConvolution(random)
  const { options } = drawn
  const x = input(`${i}.x`, [dynamic, ...drawn.x.slice(1)])
  const kernel = input(`${i}.kernel`, drawn.kernel)
  const y = conv2d(x, kernel, options)
  const cotangent = input(`${i}.cotangent`, y.shape)
  const back = convInputGradient(cotangent, kernel, x.shape, options)
  const across = convKernelGradient(x, cotangent, drawn.kernel, options)
  return { title: titleOf(i, drawn), inputs: { x, kernel, cotangent }, outputs: { y, back, across } }
}

/** Both kinds of pooling and their gradients. */
function poolingCase(random: RandomStream, i: number, batch?: number): WindowCase {
  const size = [between(random, 1, 4), between(random, 1, 4)] as const
  const { image, ...window } = drawWindow(random, size, size)
  const ceilMode = random.integer(2) === 1
  // A dilated window may step over a small image; a larger one it meets.
  const larger = image.map((length, axis) => length + 2 * (window.dilations[axis] as number))
  const x = input(`${i}.x`, [batch ?? between(random, 1, 3), between(random, 1, 3), ...larger])
  const average: AveragePoolingOptions = {
    ...window,
    dilations: [1, 1],
    size,
    ceilMode,
    countPadding: random.integer(2) === 1,
  }
  const largest = maxPool2d(x, { ...window, size, ceilMode })
  const mean = averagePool2d(x, average)
  const cotangents = { largest: input(`${i}.largest`, largest.shape), mean: input(`${i}.mean`, mean.shape) }
  const facts = { x: x.shape, ...window, ...average, dilations: window.dilations }
  const title = titleOf(i, facts)
  if (batch === dynamic) return { title, inputs: { x }, outputs: { largest, mean } }
  const [largestInX] = gradients(largest, [x], cotangents.largest) as [Tensor]
  const [meanInX] = gradients(mean, [x], cotangents.mean) as [Tensor]
  return { title, inputs: { x, ...cotangents }, outputs: { largest, mean, largestInX, meanInX } }
}

function sample(seed: number, count: number, make: (random: RandomStream, i: number) => WindowCase): WindowCase[] {
  const random = randomStream(keyOf(seed))
  return Array.from({ length: count }, (_, i) => make(random, i))
}

/** The samples, by name. */
export const windowSamples: Readonly<Record<string, readonly WindowCase[]>> = {
  convolutions: sample(61, 240, convolutionCase),
  'convolutions with a dynamic batch': sample(62, 60, openConvolutionCase),
  pools: sample(63, 120, (random, i) => poolingCase(random, i)),
  'pools with a dynamic batch': sample(64, 30, (random, i) => poolingCase(random, i, dynamic)),
}
