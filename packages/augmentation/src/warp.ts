// Images seen through a random map of their coordinates: affine (shift, rotation, scale, shear), elastic (Simard et al. 2003), or both.

import {
  type Augmentation,
  add,
  cast,
  constant,
  foldKey,
  gather,
  gridSample,
  type Hyperparameter,
  matmul,
  mul,
  reshape,
  type Scope,
  sub,
  type Tensor,
  type Value,
} from '@gradwerk/core'
import { type AffineRanges, affineBasis, affineDraws, affineMap } from './affine-map.ts'
import { type BankOptions, displacementBank } from './displacement-bank.ts'
import { perSample, whole } from './draws.ts'
import { imagesOf } from './images.ts'

export interface ElasticPart extends BankOptions {
  readonly alpha: Hyperparameter
}

export interface WarpParts {
  readonly affine?: Partial<AffineRanges>
  readonly elastic?: ElasticPart | undefined
  readonly fill: number
}

const still: AffineRanges = { rotation: 0, shift: 0, scale: 0, shear: 0 }

/** A row of a bank for each sample, chosen by uniform numbers [batch, 1]. */
function chosen(bank: Value, uniform: Tensor): Tensor {
  const row = whole(uniform, bank.shape[0] as number)
  return gather(constant(bank), cast(reshape(row, [uniform.shape[0] as number]), 'int32'))
}

/**
 * y(p) = x(M⁻¹ (p − t) + Δ(p)): one sampling, however much the map consists of. Δ takes its two directions from two banks of fields, each
 * in a sign of its own.
 */
export function warped(
  name: string,
  options: Augmentation['options'],
  { affine = {}, elastic, fill }: WarpParts,
): Augmentation {
  const banks = new Map<string, readonly [Value, Value]>()
  const bankFor = (height: number, width: number, part: ElasticPart) => {
    const known = banks.get(`${height}x${width}`) ?? displacementBank(part, height, width)
    banks.set(`${height}x${width}`, known)
    return known
  }
  const displacement = (height: number, width: number, part: ElasticPart, key: Tensor, batch: number, scope: Scope) => {
    const uniform = perSample(foldKey(key, 'fields'), batch, 2)
    const [right, down] = bankFor(height, width, part).map((bank, i) => chosen(bank, uniform[i] as Tensor)) as [
      Tensor,
      Tensor,
    ]
    return mul(add(right, down), scope.hyperparameter('alpha', part.alpha))
  }
  return {
    kind: 'augmentation',
    name,
    options,
    apply({ inputs, targets }, key, scope) {
      const { batch, height, width, planes, restore } = imagesOf(name, inputs)
      const map = affineMap(perSample(foldKey(key, 'affine'), batch, affineDraws), { ...still, ...affine }, scope)
      const places = matmul(map, affineBasis(height, width)) // [batch, height · width · 2]
      const moved =
        elastic === undefined ? places : add(places, displacement(height, width, elastic, key, batch, scope))
      const grid = reshape(moved, [batch, height, width, 2])
      // Outside of the image gridSample sees 0.
      const sampled = fill === 0 ? gridSample(planes, grid) : add(gridSample(sub(planes, fill), grid), fill)
      return { inputs: restore(sampled), targets }
    },
  }
}
