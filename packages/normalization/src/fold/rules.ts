// The two rules of folding: into the product before a normalization, and into the product behind it.

import {
  add,
  broadcastTo,
  div,
  isLeaf,
  mul,
  reshape,
  type Shape,
  sameShape,
  sizeOf,
  sqrt,
  sub,
  type Tensor,
} from '@gradwerk/core'
import { fixedOf, tensorsOf, usersOf } from './expression.ts'
import { type LinearMap, linearMapOf } from './linear.ts'

/** One normalization folded away: `replaced` becomes `by`, which contains a new kernel and a new bias. */
export interface Fold {
  readonly normalization: Tensor
  readonly replaced: Tensor
  readonly by: Tensor
  readonly kernel: { readonly from: Tensor; readonly to: Tensor }
  readonly bias: { readonly from: Tensor | undefined; readonly to: Tensor }
}

interface Surroundings {
  readonly fixed: ReadonlySet<Tensor>
  readonly users: ReadonlyMap<Tensor, readonly Tensor[]>
  readonly output: Tensor
}

/** A normalization as x · factor + offset, channel by channel. */
interface Affine {
  readonly input: Tensor
  readonly factor: Tensor
  readonly offset: Tensor
}

function affineOf(tensor: Tensor, { fixed }: Surroundings): Affine | undefined {
  if (isLeaf(tensor.op) || tensor.op.name !== 'normalizeChannels') return undefined
  const [input, mean, variance, scale, shift] = tensor.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor]
  if (![mean, variance, scale, shift].every((statistic) => fixed.has(statistic))) return undefined
  const factor = div(scale, sqrt(add(variance, Number(tensor.op.attributes['epsilon']))))
  return { input, factor, offset: sub(shift, mul(mean, factor)) }
}

/** The one tensor that uses a tensor, where there is only one and the model's output is not it. */
function onlyUser(tensor: Tensor, { users, output }: Surroundings): Tensor | undefined {
  const all = users.get(tensor) ?? []
  return all.length === 1 && tensor !== output ? all[0] : undefined
}

/** p and b of p + b, where b is fixed and p decides the shape. */
function biased(tensor: Tensor, { fixed }: Surroundings): { product: Tensor; bias: Tensor } | undefined {
  if (tensor.op.name !== 'add') return undefined
  const [left, right] = tensor.inputs as [Tensor, Tensor]
  for (const [product, bias] of [
    [left, right],
    [right, left],
  ] as const)
    if (fixed.has(bias) && !fixed.has(product) && sameShape(product.shape, tensor.shape)) return { product, bias }
  return undefined
}

/** The product with a kernel, where the kernel is fixed. */
function fixedLinear(tensor: Tensor, { fixed }: Surroundings): LinearMap | undefined {
  const map = linearMapOf(tensor)
  return map !== undefined && fixed.has(map.kernel) && !fixed.has(map.input) ? map : undefined
}

/** normalize(L(x) + b) = L′(x) + b′, where nothing else uses what is normalized. */
function foldBackward(normalization: Tensor, affine: Affine, around: Surroundings): Fold | undefined {
  if (onlyUser(affine.input, around) === undefined) return undefined
  const sum = biased(affine.input, around)
  const product = sum?.product ?? affine.input
  const map = fixedLinear(product, around)
  if (map === undefined || onlyUser(product, around) === undefined) return undefined
  const kernel = map.scaleOutputs(map.kernel, affine.factor)
  const offset = map.along(affine.offset)
  const bias = sum === undefined ? offset : add(mul(sum.bias, map.along(affine.factor)), offset)
  return {
    normalization,
    replaced: normalization,
    by: add(map.apply(map.input, kernel), bias),
    kernel: { from: map.kernel, to: kernel },
    bias: { from: sum?.bias, to: bias },
  }
}

/** Whether a reshape joins all axes but the first: [batch, channels, …] → [batch, channels · …]. */
function flattens({ op, inputs, shape }: Tensor): boolean {
  const [from] = inputs
  return op.name === 'reshape' && from !== undefined && sameShape(shape.slice(1), [sizeOf(from.shape.slice(1))])
}

/** A number for each channel, repeated for the elements that flattening puts in a row. */
function perElement(vector: Tensor, [, channels, ...inner]: Shape): Tensor {
  const size = sizeOf(inner)
  const rows = reshape(vector, [channels as number, 1])
  return reshape(broadcastTo(rows, [channels as number, size]), [(channels as number) * size])
}

/** L(normalize(x)) + b = L′(x) + b′, where L sees no padding and nothing else uses the normalized numbers. */
function foldForward(normalization: Tensor, affine: Affine, around: Surroundings): Fold | undefined {
  const first = onlyUser(normalization, around)
  const flat = first !== undefined && flattens(first)
  const product = flat && first !== undefined ? onlyUser(first, around) : first
  const map = product === undefined ? undefined : fixedLinear(product, around)
  if (product === undefined || map?.inputs === undefined || map.input !== (flat ? first : normalization))
    return undefined
  const along = (vector: Tensor) => (flat ? perElement(vector, normalization.shape) : vector)
  const kernel = map.inputs.scale(map.kernel, along(affine.factor))
  const response = map.inputs.response(map.kernel, along(affine.offset))
  const behind = onlyUser(product, around)
  const sum = behind === undefined ? undefined : biased(behind, around)
  const bias = sum === undefined ? response : add(sum.bias, response)
  const x = flat ? reshape(affine.input, [-1, ...map.input.shape.slice(1)]) : affine.input
  return {
    normalization,
    replaced: sum === undefined || behind === undefined ? product : behind,
    by: add(map.apply(x, kernel), bias),
    kernel: { from: map.kernel, to: kernel },
    bias: { from: sum?.bias, to: bias },
  }
}

/** The first normalization of an expression that can be folded into a neighbour. */
export function findFold(output: Tensor, x: Tensor): Fold | undefined {
  const tensors = tensorsOf(output, x)
  const around = { fixed: fixedOf(tensors, x), users: usersOf(tensors), output }
  const normalizations = tensors.flatMap((tensor) => {
    const affine = affineOf(tensor, around)
    return affine === undefined ? [] : [[tensor, affine] as const]
  })
  for (const rule of [foldBackward, foldForward])
    for (const [tensor, affine] of normalizations) {
      const fold = rule(tensor, affine, around)
      if (fold !== undefined) return fold
    }
  return undefined
}
