// Writes the best trial as an ONNX file and checks it in onnxruntime-node, on random samples and on every test image.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { verifyOnnx } from '@gradwerk/backend-ort'
import { type Dataset, GradwerkError, numbers, sizeOf, type TrainedModel } from '@gradwerk/core'
import { exportedInput, exportedOutput, exportOnnx } from '@gradwerk/onnx'
import { writeAtomically } from '@gradwerk/trainer'
import { InferenceSession, Tensor } from 'onnxruntime-node'
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

/** Throws an ExportError, and writes nothing, if the file and the model disagree. */
export async function exportBest(
  { request, outcome }: Candidate,
  test: Dataset,
  folder: string,
): Promise<ExportedModel> {
  const model: TrainedModel = {
    layer: modelOf(request),
    input: { shape: test.inputs.shape.slice(1), dtype: 'float32' },
    parameters: outcome.parameters,
    state: outcome.state,
  }
  const bytes = await exportOnnx(model, { name: `mnist-${request.configuration}` })
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

/** The outputs of the file for all images, computed as anyone would who has nothing but the file. */
async function runFile(bytes: Uint8Array, { inputs, inputScale, indices }: Dataset): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const size = sizeOf(inputs.shape.slice(1))
  const scale = Math.fround(inputScale)
  const pixels = Float32Array.from(numbers(inputs))
  const outputs: number[] = []
  const batch = 500
  for (let start = 0; start < indices.length; start += batch) {
    const rows = Math.min(batch, indices.length - start)
    const scaled = pixels.subarray(start * size, (start + rows) * size).map((pixel) => pixel * scale)
    const feed = new Tensor('float32', scaled, [rows, ...inputs.shape.slice(1)])
    const { [exportedOutput]: output } = await session.run({ [exportedInput]: feed })
    for (const x of output?.data ?? []) outputs.push(Number(x))
  }
  await session.release()
  return Float32Array.from(outputs)
}
