import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initializeModel, keyOf } from '@gradwerk/core'
import { decodeSafetensors } from '@gradwerk/trainer'
import { expect, test } from 'vitest'
import { describeNetwork } from './network.ts'
import { initialState, stepOf } from './step.ts'
import { readWork, writeWork } from './work-file.ts'
import { optimizerOf, workOf } from './works.ts'

test('contestants read what was written: every step has its rows, every parameter its numbers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gradwerk-work-test-'))
  try {
    const path = join(folder, 'work')
    const work = workOf('batch-norm-cnn')
    const { stepsPerCall, warmUp, timed } = await writeWork(path, work, 1000)
    expect([warmUp / stepsPerCall, timed / stepsPerCall]).toEqual([work.calls.warmUp, work.calls.timed])
    const read = await readWork(path)
    expect(read).toMatchObject({ work, stepsPerCall, steps: warmUp + timed })
    expect(read.rows).toHaveLength((warmUp + timed) * work.batch)
    expect(new Set(read.rows).size).toBe(read.rows.length) // Less than an epoch: no row twice.
    expect(read.dataset.inputs.shape).toEqual([1000, 1, 28, 28])
    const step = stepOf(work, optimizerOf('adam', 0.001), read.dataset)
    expect(read.parameters).toEqual(initializeModel(step.trace, keyOf(1)).parameters)
    expect(Object.keys({ ...read.parameters, ...initialState(step) }).toSorted()).toEqual(
      Object.keys(step.program.state).toSorted(),
    )
    const { metadata } = decodeSafetensors(path, await readFile(path))
    expect(JSON.parse(metadata['network'] ?? '')).toEqual(describeNetwork(work.network, work.sample))
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('unknown works and optimizers are named with what there is', () => {
  expect(() => workOf('rnn')).toThrow('mlp-512, cnn, batch-norm-cnn')
  expect(() => optimizerOf('lion', 1)).toThrow('sgd, adam')
})
