// The rewrites that the backend applies, in the order in which they are tried.

import type { Rewrite } from '@gradwerk/onnx'
import { blockedConvolution, blockedInputGradient } from './blocked-convolution.ts'
import { convolutionBias } from './convolution-bias.ts'
import { dequantize } from './dequantize.ts'
import { gemmAdd } from './gemm-add.ts'
import { gemmDescent } from './gemm-descent.ts'
import { maxUnpool } from './max-unpool.ts'
import { reduceReshape } from './reduce-reshape.ts'
import { reluMask } from './relu-mask.ts'
import { shiftedProducts } from './shifted-products.ts'

export const standardRewrites: readonly Rewrite[] = [
  gemmAdd,
  gemmDescent,
  convolutionBias,
  shiftedProducts,
  maxUnpool,
  reluMask,
  reduceReshape,
  dequantize,
]

/** All rewrites for a machine whose blocked layout has so many channels a block; undefined where it has none. */
export function rewritesFor(block: number | undefined): readonly Rewrite[] {
  if (block === undefined) return standardRewrites
  return [blockedConvolution(block), blockedInputGradient(block), ...standardRewrites]
}
