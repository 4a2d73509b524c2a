import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bench, filesOfRun, temporaryFolder } from './child.ts'

const tiny = [
  'run',
  '--preset',
  'smoke',
  '--configurations',
  'none,l1,dropout,init-he',
  '--seeds',
  '2',
  '--hidden',
  '16,8',
]

const part = z.number().min(0).max(1)
const estimate = z.strictObject({ mean: part, ci95: z.number().min(0) })
const schema = z.object({
  status: z.enum(['running', 'complete', 'interrupted']),
  dataset: z.strictObject({
    name: z.string(),
    real: z.boolean(),
    train: z.int(),
    validation: z.int(),
    test: z.int(),
    notice: z.string(),
  }),
  machine: z.record(z.string(), z.union([z.string(), z.number()])),
  versions: z.record(z.string(), z.string()),
  configurations: z.array(
    z.object({
      name: z.string(),
      options: z.record(z.string(), z.unknown()),
      trials: z.array(
        z.object({
          seed: z.int(),
          trainLoss: z.number(),
          validationAccuracy: part,
          testAccuracy: part,
          generalizationGap: z.number(),
          zeroWeights: part,
          weightNorm: z.number(),
          epochs: z.int(),
          seconds: z.number(),
        }),
      ),
      testAccuracy: estimate.nullable(),
    }),
  ),
  final: z.object({ configuration: z.string(), train: z.int(), testAccuracy: part }).nullable(),
  best: z
    .object({
      configuration: z.string(),
      seed: z.int(),
      model: z.string(),
      maxAbsDifference: z.number().max(1e-4),
      differentPredictions: z.literal(0),
    })
    .nullable(),
})

const lineSchema = z.object({
  configuration: z.string(),
  seed: z.int(),
  final: z.literal(true).optional(),
  epoch: z.int(),
})

function lines(file: Buffer | undefined) {
  return (file?.toString() ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)))
}

describe('bench run', () => {
  it('gives the same histories and the same model with one worker and with two', { timeout: 120_000 }, async () => {
    const [one, two] = [await temporaryFolder(), await temporaryFolder()]
    const first = await bench([...tiny, '--workers', '1', '--out', 'found'], one)
    const second = await bench([...tiny, '--workers', '2', '--out', 'found', '--json'], two)
    expect([first.code, second.code], first.stderr + second.stderr).toEqual([0, 0])
    const [a, b] = [await filesOfRun(join(one, 'found')), await filesOfRun(join(two, 'found'))]
    expect(a['epochs.jsonl']?.equals(b['epochs.jsonl'] ?? Buffer.of())).toBe(true)
    expect(a['model.onnx']?.equals(b['model.onnx'] ?? Buffer.of())).toBe(true)

    // (4 configurations × 2 seeds + the final run) × 2 epochs
    expect(lines(a['epochs.jsonl'])).toHaveLength(18)
    expect(lines(a['epochs.jsonl']).at(-1)).toMatchObject({ final: true, epoch: 2 })

    const summary = schema.parse(JSON.parse(second.stdout))
    expect(JSON.parse(b['summary.json']?.toString() ?? '')).toEqual(JSON.parse(second.stdout))
    expect(summary).toMatchObject({
      status: 'complete',
      dataset: { name: 'generated-digits', real: false, train: 500, validation: 200 },
    })
    expect(summary.configurations.map(({ name, trials }) => [name, trials.map(({ seed }) => seed)])).toEqual(
      ['none', 'l1', 'dropout', 'init-he'].map((name) => [name, [1, 2]]),
    )
    expect(summary.final).not.toBeNull()
    expect(summary.best).not.toBeNull()

    // The run without --json shows a table; both keep progress off stdout and label the data.
    expect(first.stdout).toMatch(/^NOT MNIST but generated-digits/)
    expect(first.stdout).toMatch(/^dropout +\d/m)
    expect(first.stdout).toContain('NOT on MNIST')
    expect(first.stderr).toContain('This preset uses generated digits, not MNIST.')
    expect(first.stderr).toMatch(/^\[9\/9\] /m)
    expect(first.stderr).toContain('] final run, seed ')
  })

  it('keeps what was finished after Ctrl-C', { timeout: 120_000 }, async () => {
    const folder = await temporaryFolder()
    const args = [...tiny, '--seeds', '40', '--epochs', '20', '--workers', '1', '--out', 'found']
    let stopped = 0
    const { code, stdout, stderr } = await bench(args, folder, (seen, child) => {
      if (stopped === 0 && seen.includes('[  2/')) {
        stopped = performance.now()
        child.kill('SIGINT')
      }
    })
    expect(code, stderr).toBe(130)
    expect(performance.now() - stopped).toBeLessThan(20_000)
    expect(stdout).toContain('Interrupted after')
    const files = await filesOfRun(join(folder, 'found'))
    const summary = schema.parse(JSON.parse(files['summary.json']?.toString() ?? ''))
    const finished = summary.configurations.reduce((total, { trials }) => total + trials.length, 0)
    expect(summary.status).toBe('interrupted')
    expect(finished).toBeGreaterThanOrEqual(2)
    expect(finished).toBeLessThan(40)
    expect(lines(files['epochs.jsonl'])).toHaveLength(20 * finished)
    expect(summary.best).not.toBeNull()
    expect(files['model.onnx']).toBeDefined()
  })

  it('has written every finished trial when it is killed', { timeout: 120_000 }, async () => {
    const folder = await temporaryFolder()
    const args = [...tiny, '--seeds', '40', '--epochs', '20', '--workers', '1', '--out', 'found']
    await bench(args, folder, (seen, child) => {
      if (seen.includes('[  3/')) child.kill('SIGKILL')
    })
    const files = await filesOfRun(join(folder, 'found'))
    const summary = schema.parse(JSON.parse(files['summary.json']?.toString() ?? ''))
    const finished = summary.configurations.reduce((total, { trials }) => total + trials.length, 0)
    expect(summary.status).toBe('running')
    expect(finished).toBeGreaterThanOrEqual(2)
    expect(lines(files['epochs.jsonl']).length).toBeGreaterThanOrEqual(20 * finished)
  })
})
