// `pnpm onnx-cases files`: files of every layer and model, with data, for checkers that know nothing of gradwerk.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ort } from '@gradwerk/backend-ort'
import { reference, type TrainedModel } from '@gradwerk/core'
import { defaultOpset, newestOpset, oldestOpset } from '@gradwerk/onnx'
import { InvalidArgumentError } from 'commander'
import { layerModels } from './layer-models.ts'
import { trainedLayer, trainedModels } from './trained.ts'
import { batchSizes, examplesOf, type WrittenCase, writeCase } from './write-cases.ts'

export const defaultOpsets: readonly number[] = [oldestOpset, defaultOpset, newestOpset]

/** The largest absolute difference between a file in ONNX Runtime and a backend. */
const tolerance = 1e-5

export function opsetList(text: string): number[] {
  return text.split(',').map((part) => {
    const opset = Number(part)
    if (Number.isInteger(opset) && opset >= oldestOpset && opset <= newestOpset) return opset
    throw new InvalidArgumentError(`Expected whole numbers from ${oldestOpset} to ${newestOpset}.`)
  })
}

export async function writeFiles(options: {
  readonly out: string
  readonly opsets: readonly number[]
}): Promise<number> {
  const { out, opsets } = options
  const backends = [reference(), ort({ threads: 1 })]
  const written: WrittenCase[] = []
  mkdirSync(out, { recursive: true })
  const write = async (name: string, trained: TrainedModel, indices?: number) => {
    const examples = await examplesOf(trained, backends, indices)
    for (const opset of opsets) written.push(await writeCase(out, { name, trained, examples }, opset))
  }
  for (const model of layerModels) await write(model.name, await trainedLayer(model), model.indices)
  for await (const [name, trained] of trainedModels()) await write(name, trained)
  writeFileSync(join(out, 'manifest.json'), JSON.stringify({ batchSizes, tolerance, files: written }, null, 2))
  for (const opset of opsets) {
    const of = written.filter((one) => one.opset === opset)
    const most = backends.map(({ description: { name } }) => {
      const worst = of.reduce((a, b) => ((a.maxAbsDifference[name] ?? 0) >= (b.maxAbsDifference[name] ?? 0) ? a : b))
      return `${worst.maxAbsDifference[name]?.toExponential(2)} from ${name} (${worst.name})`
    })
    console.log(
      `operator set ${opset}: ${of.length} files at batch sizes ${batchSizes.join(', ')}; at most ${most.join(', ')}`,
    )
  }
  const far = written.filter(({ maxAbsDifference }) => !Object.values(maxAbsDifference).every((x) => x <= tolerance))
  for (const { name, maxAbsDifference } of far) console.log(`FAILED ${name}: ${JSON.stringify(maxAbsDifference)}`)
  return far.length
}
