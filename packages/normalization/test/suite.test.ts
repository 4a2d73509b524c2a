import { batchNorm } from '@gradwerk/normalization'
import { layerSuite } from '@gradwerk/testing'

layerSuite(batchNorm, [
  { plugin: batchNorm(), input: [4], output: [4], parameters: 8, differsInTraining: true, batch: 5 },
  { plugin: batchNorm(), input: [2, 3], output: [2, 3], parameters: 4, differsInTraining: true },
  {
    plugin: batchNorm({ useScale: false, epsilon: 1e-3 }),
    input: [2, 3, 2],
    output: [2, 3, 2],
    parameters: 2,
    differsInTraining: true,
  },
])
