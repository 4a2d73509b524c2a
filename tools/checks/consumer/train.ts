// What a third party writes: a regularizer of its own, tested with the published suite, trained with the published packages.

import { shift } from '@gradwerk/augmentation'
import { ort } from '@gradwerk/backend-ort'
import {
  dynamic,
  input,
  type Layer,
  mul,
  type Regularizer,
  revive,
  sqrt,
  square,
  sub,
  sum,
  traceModel,
} from '@gradwerk/core'
import { generatedDigits } from '@gradwerk/datasets'
import { heNormal } from '@gradwerk/initializers'
import { dense, flatten, relu, sequential } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import * as models from '@gradwerk/models'
import { batchNorm } from '@gradwerk/normalization'
import { exportOnnx } from '@gradwerk/onnx'
import { adam } from '@gradwerk/optimizers'
import { dropout } from '@gradwerk/regularizers'
import { Trainer } from '@gradwerk/trainer'
import { createStudy, journalStorage, replay } from '@gradwerk/tuners'

/** strength · (‖w‖ − 1)²: keeps the norm of a kernel near 1. */
function unitNormPenalty(strength: number): Regularizer {
  return {
    kind: 'regularizer',
    name: 'unitNormPenalty',
    options: { strength },
    penalty: (kernel, scope) =>
      mul(square(sub(sqrt(sum(square(kernel))), 1)), scope.hyperparameter('strength', strength)),
  }
}

const { train, test } = generatedDigits({ train: 600, test: 200, seed: 1 })
const norm = async (strength: number) => {
  const trainer = new Trainer({
    model: sequential([
      flatten(),
      dense(32, { initializer: heNormal() }),
      batchNorm(),
      relu(),
      dropout(0.1),
      dense(10),
    ]),
    loss: softmaxCrossEntropy(),
    optimizer: adam(3e-3),
    metrics: [accuracy()],
    regularizers: [unitNormPenalty(strength)],
    augmentations: [shift(1)],
    backend: ort({ threads: 1 }),
    seed: 1,
  })
  const run = await trainer.fit(train, { epochs: 8, batchSize: 32, validation: 0.2 })
  const model = await exportOnnx(run.model)
  const kernel = run.model.parameters['dense.kernel']?.data as Float32Array
  return { norm: Math.hypot(...kernel), accuracy: (await trainer.evaluate(test))['accuracy'] ?? 0, bytes: model.length }
}

// A ready-made network, written down and made again.
const again = revive(JSON.parse(JSON.stringify(models.leNet5({ activation: 'tanh' }))), models) as Layer
const { output } = traceModel(again, input('x', [dynamic, 28, 28]))
if (output.shape.at(-1) !== 10) throw new Error(`leNet5 has outputs ${output.shape}`)

// A study in a file, with a heartbeat.
const storage = journalStorage('study.log')
await createStudy({ storage }).optimize((trial) => trial.float('x', -1, 1) ** 2, { trials: 5 })
const { parameters, differences } = replay({ storage })
storage.close()
if (parameters !== 5 || differences.length > 0) throw new Error(`${differences.length} suggestions are not replayed`)

const [without, withPenalty] = [await norm(0), await norm(1)]
if (!(withPenalty.norm < 1.5 && without.norm > 4))
  throw new Error(`the regularizer did nothing: ${without.norm}, ${withPenalty.norm}`)
if (!(without.accuracy > 0.5)) throw new Error(`it did not learn: ${without.accuracy}`)
process.stdout.write(
  `kernel norm ${without.norm.toFixed(2)} without, ${withPenalty.norm.toFixed(2)} with the third party's regularizer; ` +
    `accuracy ${without.accuracy.toFixed(3)}; model of ${without.bytes} bytes\n`,
)
