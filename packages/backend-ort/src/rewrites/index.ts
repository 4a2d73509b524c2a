// The rewrites that the backend applies, in the order in which they are tried.

import type { Rewrite } from '@gradwerk/onnx'
import { gemmBias } from './gemm-bias.ts'
import { reluMask } from './relu-mask.ts'

export const standardRewrites: readonly Rewrite[] = [gemmBias, reluMask]
