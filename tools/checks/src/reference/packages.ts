// The packages whose exports take options, and what they export.

import * as augmentation from '@gradwerk/augmentation'
import * as backendOrt from '@gradwerk/backend-ort'
import type { Registry } from '@gradwerk/core'
import * as datasets from '@gradwerk/datasets'
import * as initializers from '@gradwerk/initializers'
import * as layers from '@gradwerk/layers'
import * as losses from '@gradwerk/losses'
import * as metrics from '@gradwerk/metrics'
import * as models from '@gradwerk/models'
import * as normalization from '@gradwerk/normalization'
import * as onnx from '@gradwerk/onnx'
import * as optimizers from '@gradwerk/optimizers'
import * as regularizers from '@gradwerk/regularizers'
import * as trainer from '@gradwerk/trainer'
import * as tuners from '@gradwerk/tuners'

export const namespaces: Readonly<Record<string, Registry>> = {
  layers,
  models,
  initializers,
  normalization,
  regularizers,
  losses,
  metrics,
  optimizers,
  augmentation,
  datasets,
  trainer,
  tuners,
  onnx,
  'backend-ort': backendOrt,
}
