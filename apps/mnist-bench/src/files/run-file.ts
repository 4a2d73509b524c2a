// A model file in plain onnxruntime-node, as anyone would use it who has nothing but the file.

import { type Dataset, numbers, sizeOf } from '@gradwerk/core'
import { exportedInput, exportedOutput } from '@gradwerk/onnx'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const batch = 500

/** The outputs of the file for all images, row-major; a file that takes bytes is given the pixels as they are. */
export async function runFile(
  bytes: Uint8Array,
  { inputs, inputScale, indices }: Dataset,
  takesBytes = false,
): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 })
  const size = sizeOf(inputs.shape.slice(1))
  const scale = Math.fround(inputScale)
  const pixels = Float32Array.from(numbers(inputs))
  const outputs: number[] = []
  for (let start = 0; start < indices.length; start += batch) {
    const rows = Math.min(batch, indices.length - start)
    const part = pixels.subarray(start * size, (start + rows) * size)
    const shape = [rows, ...inputs.shape.slice(1)]
    const feed = takesBytes
      ? new Tensor('uint8', Uint8Array.from(part), shape)
      : new Tensor(
          'float32',
          part.map((pixel) => pixel * scale),
          shape,
        )
    const { [exportedOutput]: output } = await session.run({ [exportedInput]: feed })
    for (const x of output?.data ?? []) outputs.push(Number(x))
  }
  await session.release()
  return Float32Array.from(outputs)
}
