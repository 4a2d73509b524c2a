import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ort } from '@gradwerk/backend-ort'
import { type Backend, type Callback, keyOf, type Metric, randomStream, reference } from '@gradwerk/core'
import { dense } from '@gradwerk/layers'
import { softmaxCrossEntropy } from '@gradwerk/losses'
import { accuracy } from '@gradwerk/metrics'
import { sgd } from '@gradwerk/optimizers'
import { earlyStopping, l2 } from '@gradwerk/regularizers'
import { describe, expect, it } from 'vitest'
import { CheckpointError, decodeCheckpoint, Trainer, type TrainerOptions } from '../src/index.ts'
import { clusters } from './data.ts'
import { fingerprint, fitEverything } from './setup.ts'

/** Keeps a checkpoint of every call of the backend and of every epoch. */
function collector(kept: Uint8Array[]): Callback {
  const save = () => ({ save: (bytes: Uint8Array) => void kept.push(bytes) })
  return { kind: 'callback', name: 'collector', options: {}, onSteps: save, onEpochEnd: save }
}

const plain = {
  model: dense(3),
  loss: softmaxCrossEntropy(),
  optimizer: sgd(0.1),
  backend: reference(),
}

const silent: Callback = { kind: 'callback', name: 'collector', options: {} }

describe.each<[string, () => Backend]>([
  ['reference', () => reference()],
  ['ort', () => ort({ threads: 1 })],
])('a run on %s', (_, backend) => {
  it('has the same bits twice, and however steps are grouped into calls', async () => {
    const whole = fingerprint(await fitEverything({ backend: backend(), stepsPerCall: 8 }))
    expect(fingerprint(await fitEverything({ backend: backend(), stepsPerCall: 8 }))).toBe(whole)
    expect(fingerprint(await fitEverything({ backend: backend(), stepsPerCall: 1 }))).toBe(whole)
    expect(fingerprint(await fitEverything({ backend: backend(), stepsPerCall: 3 }))).toBe(whole)
    expect(fingerprint(await fitEverything({ backend: backend(), seed: 8 }))).not.toBe(whole)
  })

  it('continues from any checkpoint to the same bits', async () => {
    const kept: Uint8Array[] = []
    const whole = fingerprint(
      await fitEverything({ backend: backend(), stepsPerCall: 3, callbacks: [collector(kept)] }),
    )
    expect(kept.length).toBeGreaterThan(8)
    for (const [i, bytes] of kept.entries())
      if (i % 3 === 0) {
        const resumed = await fitEverything({
          backend: backend(),
          stepsPerCall: 5,
          callbacks: [silent],
          fit: { resume: bytes },
        })
        expect(fingerprint(resumed), `from step ${decodeCheckpoint(bytes).step}`).toBe(whole)
      }
  })
})

it('refuses to continue another run', async () => {
  const kept: Uint8Array[] = []
  await fitEverything({ backend: reference(), callbacks: [collector(kept)], fit: { epochs: 1 } })
  const resume = kept[0] as Uint8Array
  const again = (fit: object, seed = 7) =>
    fitEverything({ backend: reference(), callbacks: [silent], seed, fit: { epochs: 1, resume, ...fit } })
  await expect(again({}, 8)).rejects.toThrow(/another seed; expected 8; got 7/)
  await expect(again({ batchSize: 8 })).rejects.toThrow(/another batchSize/)
  await expect(again({ epochs: 2 })).rejects.toThrow(CheckpointError)
})

it('keeps figures that are not finite', async () => {
  const kept: Uint8Array[] = []
  const infinite: Metric = { ...accuracy(), name: 'odd', result: () => Number.NEGATIVE_INFINITY }
  const trainer = new Trainer({ ...plain, metrics: [infinite], callbacks: [collector(kept)] })
  const run = await trainer.fit(clusters(60), { epochs: 2, validation: 0.2 })
  expect(run.history[1]?.validation?.['odd']).toBe(Number.NEGATIVE_INFINITY)
  const again = new Trainer({ ...plain, metrics: [infinite], callbacks: [silent] })
  const resumed = await again.fit(clusters(60), { epochs: 2, validation: 0.2, resume: kept.at(-1) as Uint8Array })
  expect(resumed.history).toEqual(run.history)
})

it('refuses to continue under another objective, and starts callbacks afresh that the checkpoint does not know', async () => {
  const kept: Uint8Array[] = []
  const regularizers = [{ regularizer: l2(0.5), where: { name: /kernel/ } }]
  const first = new Trainer({ ...plain, regularizers, callbacks: [collector(kept)] })
  await first.fit(clusters(60), { epochs: 3, validation: 0.2 })
  const resume = kept[0] as Uint8Array
  const fit = (options: Partial<TrainerOptions>) =>
    new Trainer({ ...plain, ...options }).fit(clusters(60), { epochs: 3, validation: 0.2, resume })
  await expect(fit({})).rejects.toThrow(/another objective/)
  await expect(fit({ regularizers: [{ regularizer: l2(0.5), where: { name: /bias/ } }] })).rejects.toThrow(/objective/)

  const stopping = earlyStopping({ patience: 1, minDelta: 1e9 })
  const used = new Trainer({ ...plain, regularizers, callbacks: [silent, stopping], onWarning: () => undefined })
  expect((await used.fit(clusters(60), { epochs: 3, validation: 0.2 })).steps).toBe(4)
  const resumed = await used.fit(clusters(60), { epochs: 3, validation: 0.2, resume })
  expect(resumed.history).toHaveLength(2)
  expect(resumed.stopped).toContain('epoch 1')
})

/** Runs the child until it has done so many steps (for ever by default), kills it there, and returns what it said at its end. */
function runChild(path: string, killAt = Number.POSITIVE_INFINITY): Promise<string | undefined> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('killed-run.ts', import.meta.url)), path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said: string | undefined
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word, rest = ''] = line.split(' ', 2)
    if (word === 'step' && Number(rest) >= killAt) child.kill('SIGKILL')
    if (word === 'end') said = rest
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(said))
  })
}

it('killed at a random step and resumed, ends with the bits of the uninterrupted run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gradwerk-kill-'))
  const random = randomStream(keyOf(20))
  try {
    const whole = await runChild(join(folder, 'whole'))
    expect(whole).toBeDefined()
    for (let i = 0; i < Number(process.env['GRADWERK_KILLS'] ?? 3); i++) {
      const path = join(folder, `killed-${i}`)
      expect(await runChild(path, 1 + random.integer(60))).toBeUndefined()
      expect(await runChild(path)).toBe(whole)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}, 300_000)
