// The files that are written for other checkers: of every layer, and as good as the reader can tell.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ort } from '@gradwerk/backend-ort'
import { reference } from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import * as normalization from '@gradwerk/normalization'
import { expect, onTestFinished, test } from 'vitest'
import { readCase } from '../src/case.ts'
import { layerModels } from '../src/files/layer-models.ts'
import { trainedLayer } from '../src/files/trained.ts'
import { batchSizes, examplesOf, writeCase } from '../src/files/write-cases.ts'
import { runCase } from '../src/run-case.ts'

const backends = { reference: reference(), ort: ort({ threads: 1 }) }

/** Exports that make no layer or parametrization. */
const others = [
  ...['attentionWeights', 'formatSummary', 'scaledDotProductAttention', 'summarize', 'uniformFanIn'],
  ...['channelVariance', 'divideByRootMeanSquare', 'fitStandardization', 'foldBatchNorm', 'foldedBatchNorm'],
  ...['localResponse', 'normalizeChannels', 'normalizeOver'],
]

test('there is a file of every layer and parametrization', () => {
  const written = JSON.stringify(layerModels.map(({ layer }) => layer))
  const made = Object.keys({ ...layers, ...normalization }).filter((name) => !others.includes(name))
  expect(made.filter((name) => !written.includes(`"name":"${name}"`))).toEqual([])
})

test.each(['dense-4', 'conv2d-2', 'batchNorm-2'])('%s', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'gradwerk-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const model = layerModels.find((one) => one.name === name)
  if (model === undefined) throw new Error(`no model ${name}`)
  const trained = await trainedLayer(model)
  const examples = await examplesOf(trained, [backends.reference, backends.ort], model.indices)
  const written = await writeCase(folder, { name, trained, examples }, 21)
  expect(Object.values(written.maxAbsDifference).every((x) => x <= 1e-5)).toBe(true)
  const read = readCase(join(folder, written.name))
  expect(read.dataSets()).toHaveLength(batchSizes.length)
  expect(await runCase(read, backends)).toEqual({ reference: { kind: 'passed' }, ort: { kind: 'passed' } })
})
