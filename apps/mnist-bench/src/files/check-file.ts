// A model file against the model: on random samples, and on every test image.

import { ort, type Verification, verifyOnnx } from '@gradwerk/backend-ort'
import { type Dataset, numbers, type TrainedModel, type Value, valueOf } from '@gradwerk/core'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { sgd } from '@gradwerk/optimizers'
import { Trainer } from '@gradwerk/trainer'
import { predictedClasses } from '../trial.ts'
import type { ModelFile } from './model-file.ts'
import { runFile } from './run-file.ts'

export interface FileCheck {
  /** Against the standard lowering, on random samples and the test images, every output and every node. */
  readonly verification: Verification
  readonly images: number
  /** Images that the file in onnxruntime-node classifies in another way than the trainer. */
  readonly differentPredictions: number
  /** Of the file. */
  readonly testAccuracy: number
}

/** What the file takes, for all images. */
function feedOf({ takesBytes }: ModelFile, { inputs, inputScale }: Dataset): Value {
  if (takesBytes) return inputs
  const scale = Math.fround(inputScale)
  return valueOf(
    'float32',
    inputs.shape,
    Float32Array.from(numbers(inputs), (pixel) => pixel * scale),
  )
}

/** `trained` is the model whose predictions the file has to give; default the one in the file. */
export async function checkFile(
  file: ModelFile,
  test: Dataset,
  trained: TrainedModel = file.model,
): Promise<FileCheck> {
  const backend = ort({ threads: 1 })
  const verification = await verifyOnnx(file.bytes, file.model, {
    backend: ort({ threads: 1, rewrites: false }),
    batchSizes: [1, 2, 7, 64],
    samples: feedOf(file, test),
    intermediates: true,
  })
  const trainer = new Trainer({ model: trained, loss: softmaxCrossEntropy(), optimizer: sgd(0.1), backend })
  const images = test.indices.length
  const expected = predictedClasses(
    Float32Array.from(numbers(await trainer.predict(test.inputs, test.inputScale))),
    images,
  )
  const got = predictedClasses(await runFile(file.bytes, test, file.takesBytes), images)
  const labels = numbers(test.targets)
  return {
    verification,
    images,
    differentPredictions: got.filter((label, i) => label !== expected[i]).length,
    testAccuracy: got.filter((label, i) => label === labels[i]).length / images,
  }
}
