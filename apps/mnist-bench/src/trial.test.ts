import { ort } from '@gradwerk/backend-ort'
import { filled } from '@gradwerk/core'
import { DivergenceError } from '@gradwerk/trainer'
import { describe, expect, it } from 'vitest'
import { configurationNames } from './configurations.ts'
import { compact, loadSamples } from './samples.ts'
import { predictedClasses, runTrial, type TrialRequest } from './trial.ts'

const all = await loadSamples({ data: 'generated', train: 40, validation: 20 })
// Large networks would spend most of their time on the test images.
const samples = { ...all, test: compact({ ...all.test, indices: all.test.indices.subarray(0, 100) }) }
const backend = ort({ threads: 1 })
const request: TrialRequest = {
  configuration: 'none',
  seed: 1,
  epochs: 2,
  batchSize: 20,
  hidden: [8, 4],
  trackTraining: true,
}
const quiet = { onProgress: () => undefined, interrupted: () => false }

describe('runTrial', () => {
  it.each(configurationNames)('trains %s', async (configuration) => {
    const outcome = await runTrial({ ...request, configuration }, samples, backend, quiet)
    const { generalizationGap, trainLoss, validationLoss, zeroWeights, ...figures } = outcome?.figures ?? expect.fail()
    expect(generalizationGap).toBeCloseTo(validationLoss - trainLoss, 12)
    expect(figures).toMatchObject({ seed: 1, epochs: 2, stopped: null, target: null })
    // The test of the strength of L1 is a real run; here it has had four steps.
    expect(zeroWeights > 0.5).toBe(configuration === 'init-zero')
    expect(outcome?.history).toHaveLength(2)
  })

  it('measures its figures in evaluation mode, as the last epoch does', async () => {
    const outcome = await runTrial({ ...request, configuration: 'dropout-l2' }, samples, backend, quiet)
    const last = outcome?.history.at(-1)
    expect(outcome?.figures.trainLoss).toBe(last?.training?.['loss'])
    expect(outcome?.figures.validationAccuracy).toBe(last?.validation?.['accuracy'])
  })

  it('trains on moved images where the configuration says so', async () => {
    // The two differ in nothing else.
    const [still, moved] = await Promise.all(
      ['cnn', 'cnn-augmented'].map((configuration) =>
        runTrial({ ...request, configuration, epochs: 1 }, samples, backend, quiet),
      ),
    )
    expect(moved?.history[0]?.objective).toBeGreaterThan(0)
    expect(moved?.history[0]?.objective).not.toBe(still?.history[0]?.objective)
  })

  it('ends where validation reaches the target, and says how long that took', async () => {
    const reached = await runTrial({ ...request, target: 0.01 }, samples, backend, quiet)
    const { epochs, stopped, seconds, target } = reached?.figures ?? expect.fail()
    expect([epochs, stopped]).toEqual([1, 'validation accuracy 1 % reached in epoch 1'])
    expect(target?.seconds).toBeGreaterThan(target?.preparationSeconds ?? Number.NaN)
    expect(target?.seconds).toBeLessThan(seconds)
    const missed = await runTrial({ ...request, target: 1 }, samples, backend, quiet)
    expect(missed?.figures).toMatchObject({ epochs: 2, stopped: null, target: { accuracy: 1, seconds: null } })
  })

  it('is undefined when it was interrupted', async () => {
    expect(await runTrial(request, samples, backend, { ...quiet, interrupted: () => true })).toBeUndefined()
  })

  it('throws where a loss is not finite', async () => {
    const { train } = samples
    const broken = { ...train, inputs: filled('float32', train.inputs.shape, 3e38), inputScale: 1 }
    const failing = runTrial(request, { ...samples, train: broken }, backend, quiet)
    await expect(failing).rejects.toThrow(DivergenceError)
    await expect(failing).rejects.toMatchObject({ step: 1, epoch: 1 })
  })
})

describe('predictedClasses', () => {
  it('takes the first of the largest outputs', () => {
    expect(predictedClasses(Float32Array.of(0, 2, 2, -1, -3, -2), 2)).toEqual(Uint8Array.of(1, 0))
  })
})
