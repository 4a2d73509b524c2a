// Writes the best trial as an ONNX file and checks it in onnxruntime-node, on random samples and on every test image.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { verifyOnnx } from '@gradwerk/backend-ort'
import { type Dataset, GradwerkError, type TrainedModel } from '@gradwerk/core'
import { exportOnnx } from '@gradwerk/onnx'
import { writeAtomically } from '@gradwerk/trainer'
import { runFile } from './files/run-file.ts'
import { modelOf } from './plugins.ts'
import type { Candidate } from './results.ts'
import { predictedClasses } from './trial.ts'

export interface ExportedModel {
  /** File name, in the folder of the run. */
  readonly model: string
  readonly sha256: string
  /** Between the file in onnxruntime-node and the model, over random samples and all test images. */
  readonly maxAbsDifference: number
  /** Test images that both were given, and how many of them they classify differently. */
  readonly comparedImages: number
  readonly differentPredictions: number
}

/** A file that does not compute what the model computes. */
class ExportError extends GradwerkError {
  override readonly name = 'ExportError'
}

const fileName = 'model.onnx'
/** Logits of two float32 computations of the same numbers. */
const tolerance = 1e-3

/** Throws an ExportError, and writes nothing, if the file and the model disagree. `samples` were trained on. */
export async function exportBest(
  { request, outcome }: Candidate,
  test: Dataset,
  samples: number,
  folder: string,
): Promise<ExportedModel> {
  const model: TrainedModel = {
    layer: modelOf(request),
    input: { shape: test.inputs.shape.slice(1), dtype: 'float32' },
    parameters: outcome.parameters,
    state: outcome.state,
  }
  const { seed, validationAccuracy, testAccuracy } = outcome.figures
  const bytes = await exportOnnx(model, {
    name: `mnist-${request.configuration}`,
    metadata: {
      inputScale: test.inputScale,
      classes: Array.from({ length: test.classes ?? 0 }, (_, label) => String(label)),
      dataset: { name: test.name, real: test.real, samples },
      seed,
      metrics: { validationAccuracy, testAccuracy },
    },
  })
  const random = await verifyOnnx(bytes, model)
  const images = test.indices.length
  const outputs = await runFile(bytes, test)
  const [expected, got] = [predictedClasses(outcome.testOutputs, images), predictedClasses(outputs, images)]
  const onImages = outputs.reduce(
    (most, x, i) => Math.max(most, Math.abs(x - (outcome.testOutputs[i] ?? Number.NaN))),
    0,
  )
  const maxAbsDifference = Math.max(random.maxAbsDifference, onImages)
  if (!(maxAbsDifference <= tolerance))
    throw new ExportError({
      who: 'export',
      problem: 'the exported file does not compute what the model computes',
      expected: `outputs within ${tolerance}`,
      got: `a difference of ${maxAbsDifference}`,
    })
  await writeAtomically(join(folder, fileName), bytes)
  return {
    model: fileName,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    maxAbsDifference,
    comparedImages: images,
    differentPredictions: expected.filter((label, i) => label !== got[i]).length,
  }
}
