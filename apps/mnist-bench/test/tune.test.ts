import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { journalStorage, loadStudy, replay, type StudyTrial, studyNames } from '@gradwerk/tuners'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { main } from '../src/command.ts'
import { bench, runIn, Text, temporaryFolder } from './child.ts'

const tiny = ['tune', '--preset', 'smoke', '--hidden', '8', '--train-limit', '100']
/** Many threads and processes begin, which takes long on a busy machine. */
const timeout = 300_000

const summary = z.object({
  status: z.enum(['running', 'complete', 'interrupted']),
  dataset: z.object({ name: z.string(), real: z.boolean() }),
  searches: z.array(
    z.object({
      name: z.string(),
      trials: z.object({ complete: z.int(), pruned: z.int(), diverged: z.int(), failed: z.int() }),
      epochs: z.int(),
      best: z.object({ trial: z.int(), validationAccuracy: z.number() }).nullable(),
      winner: z
        .object({
          trial: z.int(),
          figures: z.array(z.object({ seed: z.int(), trainLoss: z.number(), testAccuracy: z.number().min(0).max(1) })),
        })
        .nullable(),
    }),
  ),
})

async function summaryIn(folder: string) {
  return summary.parse(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')))
}

/** What a journal says of its studies; whether all that was suggested is suggested again. */
function studiesIn(folder: string) {
  const storage = journalStorage(join(folder, 'study.log'))
  try {
    return studyNames(storage).map((name) => ({
      name,
      trials: loadStudy({ name, storage }).trials(),
      replayed: replay({ name, storage }),
    }))
  } finally {
    storage.close()
  }
}

/** What decides what is found: neither times nor who did it. */
function facts({ number, state, parameters, values, intermediate }: StudyTrial) {
  return { number, state, parameters, values, intermediate: [...intermediate] }
}

describe('bench tune', () => {
  it('finds the same with one worker and with two, and replays it', { timeout }, async () => {
    const [one, two] = [await temporaryFolder(), await temporaryFolder()]
    const more = ['--pruners', 'none,asha', '--samplers', 'tpe', '--configurations', 'l2', '--epochs', '4']
    const [stdout, stderr, others] = [new Text(), new Text(), new Text()]
    expect(await main([...tiny, ...more, '--workers', '1', '--out', one], stdout, stderr), stderr.text).toBe(0)
    expect(await main([...tiny, ...more, '--workers', '2', '--out', two], others, others), others.text).toBe(0)
    const [a, b] = [await runIn(one), await runIn(two)]
    const [studiesOfOne, studiesOfTwo] = [studiesIn(a), studiesIn(b)]
    const known = (studies: typeof studiesOfOne) =>
      Object.fromEntries(studies.map(({ name, trials }) => [name, trials.map(facts)]))
    expect(known(studiesOfOne)).toEqual(known(studiesOfTwo))
    for (const { replayed, trials } of [...studiesOfOne, ...studiesOfTwo]) {
      expect(trials).toHaveLength(4)
      expect(replayed).toEqual({ parameters: 12, differences: [] })
    }

    const found = await summaryIn(a)
    expect(found).toMatchObject({ status: 'complete', dataset: { name: 'generated-digits', real: false } })
    const [whole, pruned] = found.searches
    expect(whole).toMatchObject({ name: 'l2 tpe 1', epochs: 16, trials: { complete: 4, pruned: 0 } })
    expect(pruned?.name).toBe('l2 tpe asha 1')
    expect(pruned?.trials.pruned).toBeGreaterThan(0)
    expect(pruned?.epochs).toBeLessThan(16)
    // The best parameters with seeds that no search has.
    expect(whole?.winner?.figures.map(({ seed }) => seed)).toEqual([2, 3])
    expect(whole?.winner?.trial).toBe(whole?.best?.trial)

    expect(stdout.text).toMatch(/^NOT MNIST but generated-digits/)
    expect(stdout.text).toMatch(/^l2 tpe asha +4 +[1-3] +0 +\d+ /m)
    expect(stdout.text).toContain('l2 tpe: asha took')
    expect(stderr.text).toMatch(/^\[ 1\/12\] l2 tpe 1, trial 0: validation .* after 4 epochs \(learning rate /m)
    expect(stderr.text).toMatch(/: pruned, validation .* after \d epoch/m)
  })

  it('goes on after Ctrl-C and after being killed, and loses nothing', { timeout }, async () => {
    const folder = await temporaryFolder()
    const more = ['--configurations', 'none,dropout', '--trials', '6', '--epochs', '30', '--workers', '2']
    const killing = (signal: NodeJS.Signals, at: RegExp) => {
      let sent = false
      return (seen: string, child: { kill(signal: NodeJS.Signals): boolean }) => {
        if (!sent && at.test(seen)) sent = child.kill(signal)
      }
    }
    const first = await bench([...tiny, ...more, '--out', 'found'], folder, killing('SIGINT', /^\[ 3\//m))
    expect(first.code, first.stderr).toBe(130)
    const run = await runIn(join(folder, 'found'))
    expect(first.stdout).toContain(`bench tune --resume ${run}`)
    expect((await summaryIn(run)).status).toBe('interrupted')
    const ended = ({ state }: StudyTrial) => state === 'complete'
    const atFirst = studiesIn(run).map(({ trials }) => trials.filter(ended).map(facts))
    expect(atFirst.flat().length).toBeGreaterThanOrEqual(3)

    const second = await bench(['tune', '--resume', run], folder, killing('SIGKILL', /^\[ 7\//m))
    expect(second.code).toBeNull()
    // More trials may be asked for.
    const [stdout, stderr] = [new Text(), new Text()]
    expect(await main(['tune', '--resume', run, '--json', '--trials', '7'], stdout, stderr), stderr.text).toBe(0)
    expect(stderr.text).toContain('continued')

    const after = studiesIn(run)
    for (const [i, { trials, replayed }] of after.entries()) {
      expect(trials.filter(ended)).toHaveLength(7)
      expect(trials.filter(({ state }) => state === 'running' || state === 'waiting')).toEqual([])
      expect(replayed.differences).toEqual([])
      for (const before of atFirst[i] ?? []) expect(trials.map(facts)).toContainEqual(before)
      // What was under way was tried again with the same parameters.
      const lost = trials.filter(({ state }) => state === 'failed')
      for (const { parameters } of lost)
        expect(
          trials.filter(ended).filter((one) => one.parameters['batchSize'] === parameters['batchSize']),
        ).toContainEqual(expect.objectContaining({ parameters }))
    }
    expect(after.flatMap(({ trials }) => trials).filter(({ state }) => state === 'failed').length).toBeGreaterThan(1)
    const complete = summary.parse(JSON.parse(stdout.text))
    expect(complete.status).toBe('complete')
    for (const { winner } of complete.searches) expect(winner?.figures).toHaveLength(2)
  })
})
