// The rewrites that the backend applies, in the order in which they are tried.

import type { Rewrite } from '@gradwerk/onnx'
import { dequantize } from './dequantize.ts'
import { gemmAdd } from './gemm-add.ts'
import { gemmDescent } from './gemm-descent.ts'
import { reduceReshape } from './reduce-reshape.ts'
import { reluMask } from './relu-mask.ts'

export const standardRewrites: readonly Rewrite[] = [gemmAdd, gemmDescent, reluMask, reduceReshape, dequantize]
