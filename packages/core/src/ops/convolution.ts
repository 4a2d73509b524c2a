// Two-dimensional convolution (cross-correlation, as ONNX and PyTorch have it) with its two transposes. The three are bilinear, and the
// gradients of each are the other two.

import type { OnnxAttribute } from '../contracts/exporter.ts'
import { ShapeError } from '../errors.ts'
import { allocate, type NumericData } from '../tensor/dtype.ts'
import { dynamic, formatShape, type Shape, sameShape, sizeOf } from '../tensor/shape.ts'
import {
  type Attributes,
  apply,
  expectFloat,
  expectRank,
  expectSameDType,
  type PrimitiveOp,
  type Tensor,
} from '../tensor/tensor.ts'
import { numbers, type Type, type Value, valueOf } from '../tensor/value.ts'
import { type ConvolutionOptions, type Geometry, geometryOf, type Pair, windowsAlong } from './window.ts'

/** Calls `body` for every pair of an image element and a kernel element that meet in an output element (flat offsets). */
function everyTap(x: Shape, k: Shape, y: Shape, g: Geometry, body: (x: number, k: number, y: number) => void): void {
  const [batch, channels, height, width] = x as [number, number, number, number]
  const [outputs, perGroup, kh, kw] = k as [number, number, number, number]
  const [, , oh, ow] = y as [number, number, number, number]
  const outputsPerGroup = outputs / g.groups
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outputs; o++)
      for (let c = 0; c < perGroup; c++) {
        const plane = (n * channels + Math.floor(o / outputsPerGroup) * perGroup + c) * height
        for (let i = 0; i < oh; i++)
          for (let p = 0; p < kh; p++) {
            const row = i * g.strides[0] - g.padding[0] + p * g.dilations[0]
            if (row < 0 || row >= height) continue
            for (let j = 0; j < ow; j++)
              for (let q = 0; q < kw; q++) {
                const column = j * g.strides[1] - g.padding[1] + q * g.dilations[1]
                if (column < 0 || column >= width) continue
                body(
                  (plane + row) * width + column,
                  ((o * perGroup + c) * kh + p) * kw + q,
                  ((n * outputs + o) * oh + i) * ow + j,
                )
              }
          }
      }
}

/** Multiplies and adds over all taps into the operand that is missing, in double precision. */
function accumulate(
  output: Type,
  a: Value,
  b: Value,
  walk: (meet: (a: number, b: number, out: number) => void) => void,
): NumericData {
  const totals = new Float64Array(sizeOf(output.shape))
  const dataA = numbers(a)
  const dataB = numbers(b)
  walk((i, j, out) => {
    totals[out] = (totals[out] as number) + (dataA[i] as number) * (dataB[j] as number)
  })
  const out = allocate(output.dtype, totals.length) as NumericData
  out.set(totals)
  return out
}

function attributesOf(g: Geometry): Attributes {
  return { strides: g.strides, padding: g.padding, dilations: g.dilations, groups: g.groups }
}

function onnxAttributes(g: Geometry): Record<string, OnnxAttribute> {
  return {
    strides: { ints: g.strides },
    pads: { ints: g.padding },
    dilations: { ints: g.dilations },
    group: { int: g.groups },
  }
}

function inferConvolution(x: Type, k: Type, g: Geometry, who = 'conv2d'): Type {
  expectFloat(who, x, k)
  expectSameDType(who, x, k)
  expectRank(who, 'the image [batch, channels, height, width]', x, 4)
  expectRank(who, 'the kernel [out, in / groups, height, width]', k, 4)
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  const [outputs, perGroup, kh, kw] = k.shape as [number, number, number, number]
  if (channels !== perGroup * g.groups || outputs % g.groups !== 0)
    throw new ShapeError({
      who,
      problem: `image ${formatShape(x.shape)} and kernel ${formatShape(k.shape)} do not fit with ${g.groups} group(s)`,
      expected: `${perGroup * g.groups} channels in and a multiple of ${g.groups} out`,
      got: `${channels} in, ${outputs} out`,
    })
  return {
    dtype: x.dtype,
    shape: [batch, outputs, windowsAlong(who, 0, height, kh, g), windowsAlong(who, 1, width, kw, g)],
  }
}

/** Checks that the convolution of an image with a kernel would have the type of y: the transposes are defined there alone. */
function expectConvolution(who: string, x: Type, k: Type, y: Type, g: Geometry): void {
  const expected = inferConvolution(x, k, g, who)
  expectSameDType(who, x, y)
  if (sameShape(expected.shape, y.shape)) return
  throw new ShapeError({
    who,
    problem: `image ${formatShape(x.shape)} and kernel ${formatShape(k.shape)} do not belong to this output`,
    expected: formatShape(expected.shape),
    got: formatShape(y.shape),
  })
}

function convOp(g: Geometry): PrimitiveOp {
  return {
    name: 'conv2d',
    attributes: attributesOf(g),
    infer: ([x, k]) => inferConvolution(x as Type, k as Type, g),
    kernel: ([x, k], y) =>
      accumulate(y, x as Value, k as Value, (meet) =>
        everyTap((x as Value).shape, (k as Value).shape, y.shape, g, meet),
      ),
    gradient({ inputs, cotangent }) {
      const [x, k] = inputs as [Tensor, Tensor]
      return [convInputGradient(cotangent, k, x.shape, g), convKernelGradient(x, cotangent, k.shape, g)]
    },
    lower: (sink, inputs) => sink.node('Conv', inputs, onnxAttributes(g)),
  }
}

/**
 * Convolution of images x: [batch, in, height, width] with a kernel k: [out, in / groups, kh, kw] → [batch, out, oh, ow]:
 * y[n, o, i, j] = Σ x[n, c, i·stride − top + p·dilation, …] · k[o, c, p, q].
 */
export function conv2d(x: Tensor, kernel: Tensor, options: ConvolutionOptions = {}): Tensor {
  return apply(convOp(geometryOf('conv2d', options)), [x, kernel])
}

/** Image shapes may hold a dynamic batch; it is taken from the cotangent. */
function inputGradientOp(image: Pair, g: Geometry): PrimitiveOp {
  const infer = (y: Type, k: Type): Type => {
    const x = { dtype: y.dtype, shape: [y.shape[0] as number, (k.shape[1] as number) * g.groups, ...image] }
    expectConvolution('conv2dInputGradient', x, k, y, g)
    return x
  }
  return {
    name: 'conv2dInputGradient',
    attributes: { ...attributesOf(g), image },
    infer: ([y, k]) => infer(y as Type, k as Type),
    kernel: ([y, k], x) =>
      accumulate(x, y as Value, k as Value, (meet) =>
        everyTap(x.shape, (k as Value).shape, (y as Value).shape, g, (at, tap, from) => meet(from, tap, at)),
      ),
    gradient({ inputs, cotangent }) {
      const [y, k] = inputs as [Tensor, Tensor]
      return [conv2d(cotangent, k, g), convKernelGradient(cotangent, y, k.shape, g)]
    },
    lower(sink, inputs, node) {
      const [y, k] = node.inputs as [Tensor, Tensor]
      const extra = ([0, 1] as const).map((axis) => {
        const covered =
          ((y.shape[axis + 2] as number) - 1) * g.strides[axis] +
          g.dilations[axis] * ((k.shape[axis + 2] as number) - 1) +
          1
        return image[axis] + g.padding[axis] + g.padding[(axis + 2) as 2 | 3] - covered
      })
      return sink.node('ConvTranspose', inputs, { ...onnxAttributes(g), output_padding: { ints: extra } })
    },
  }
}

/** The transpose of `conv2d` in its image: y: [batch, out, oh, ow] back to an image of the given shape. Also called transposed convolution. */
export function convInputGradient(y: Tensor, kernel: Tensor, image: Shape, options: ConvolutionOptions = {}): Tensor {
  const g = geometryOf('conv2dInputGradient', options)
  const [height = 0, width = 0] = image.slice(2)
  return apply(inputGradientOp([height, width], g), [y, kernel])
}

function kernelGradientOp(shape: Shape, g: Geometry): PrimitiveOp {
  return {
    name: 'conv2dKernelGradient',
    attributes: { ...attributesOf(g), shape },
    infer([x, y]) {
      const kernel = { dtype: (x as Type).dtype, shape }
      expectConvolution('conv2dKernelGradient', x as Type, kernel, y as Type, g)
      return kernel
    },
    kernel: ([x, y], k) =>
      accumulate(k, x as Value, y as Value, (meet) =>
        everyTap((x as Value).shape, shape, (y as Value).shape, g, (at, tap, from) => meet(at, from, tap)),
      ),
    gradient({ inputs, cotangent }) {
      const [x, y] = inputs as [Tensor, Tensor]
      return [convInputGradient(y, cotangent, x.shape, g), conv2d(x, cotangent, g)]
    },
    /** The kernel gradient is a convolution of the image with the cotangent in which batch and channels, strides and dilations change places. */
    lower(sink, inputs, node) {
      const [x] = node.inputs as [Tensor, Tensor]
      const [batch, channels, height, width] = x.shape as [number, number, number, number]
      const [, perGroup, kh, kw] = shape as [number, number, number, number]
      const list = (numbersOf: readonly number[]) => sink.constant(valueOf('int64', [numbersOf.length], numbersOf))
      const transposed = (name: string, perm: readonly number[]) =>
        sink.node('Transpose', [name], { perm: { ints: perm } })
      const split = sink.node('Reshape', [
        inputs[0] as string,
        list([batch, g.groups, channels / g.groups, height, width]),
      ])
      const image = sink.node('Reshape', [
        transposed(split, [2, 1, 0, 3, 4]),
        list([perGroup, batch === dynamic ? dynamic : g.groups * batch, height, width]),
      ])
      const kernel = transposed(inputs[1] as string, [1, 0, 2, 3])
      const swapped = sink.node(
        'Conv',
        [image, kernel],
        onnxAttributes({ ...g, strides: g.dilations, dilations: g.strides }),
      )
      const cut = sink.node('Slice', [swapped, list([0, 0]), list([kh, kw]), list([2, 3])])
      return transposed(cut, [1, 0, 2, 3])
    },
  }
}

/** The transpose of `conv2d` in its kernel: images x and cotangents y to a kernel of the given shape. */
export function convKernelGradient(x: Tensor, y: Tensor, kernel: Shape, options: ConvolutionOptions = {}): Tensor {
  return apply(kernelGradientOp(kernel, geometryOf('conv2dKernelGradient', options)), [x, y])
}
