// Histograms of parameters, gradients and updates after each epoch, as lines of JSON.

import { appendFile, readFile } from 'node:fs/promises'
import {
  type Callback,
  numbers,
  parseOptions,
  type RunView,
  type Value,
  type Values,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { writeAtomically } from '../checkpoint/file.ts'
import { CheckpointError } from '../errors.ts'

export interface HistogramsOptions {
  /** The file: JSON lines, made with its folders. */
  readonly path: string
  /** What is counted. Default `['parameters', 'gradients']`. */
  readonly of?: readonly ('parameters' | 'gradients' | 'updates')[]
  /** Bins of equal width, ≥ 1. Default 64. */
  readonly bins?: number
  /** Parameters are counted between minus this and this, > 0. Default 1. */
  readonly parameterLimit?: number
  /** The same for gradients. Default 0.1. */
  readonly gradientLimit?: number
  /** The same for updates. Default 0.1. */
  readonly updateLimit?: number
  /** Count at the end of every so many epochs, ≥ 1. Default 1. */
  readonly everyEpochs?: number
}

const limit = (what: string, standard: number) =>
  z
    .number()
    .positive()
    .default(standard)
    .meta({ description: `${what} are counted between minus this and this.` })

const schema = z.strictObject({
  path: z.string().min(1).meta({ description: 'The file: JSON lines, made with its folders.' }),
  of: z
    .array(z.enum(['parameters', 'gradients', 'updates']))
    .min(1)
    .default(['parameters', 'gradients'])
    .meta({ description: 'What is counted.' }),
  bins: z.int().positive().default(64).meta({ description: 'Bins of equal width.' }),
  parameterLimit: limit('Parameters', 1),
  gradientLimit: limit('Gradients', 0.1),
  updateLimit: limit('Updates', 0.1),
  everyEpochs: z.int().positive().default(1).meta({ description: 'Count at the end of every so many epochs.' }),
})

/** The counts of one tensor. */
export interface Histogram {
  /** Edges of the bins: `counts[i]` is of numbers in [low + i · w, low + (i + 1) · w), the last bin with its end. */
  readonly low: number
  readonly high: number
  readonly counts: readonly number[]
  /** Numbers below and above the bins, and numbers that are not finite. */
  readonly below: number
  readonly above: number
  readonly notFinite: number
  /** Of the finite numbers; null where there are none. */
  readonly mean: number | null
  readonly standardDeviation: number | null
}

/** Counts numbers in `bins` bins of equal width between −limit and limit: `histogramOf(value, 64, 1)`. */
export function histogramOf(value: Value, bins: number, bound: number): Histogram {
  const counts = new Array<number>(bins).fill(0)
  let [below, above, notFinite, count, mean, squares] = [0, 0, 0, 0, 0, 0]
  for (const x of numbers(value)) {
    if (!Number.isFinite(x)) {
      notFinite++
      continue
    }
    count++
    const gap = x - mean
    mean += gap / count
    squares += gap * (x - mean)
    if (x < -bound) below++
    else if (x > bound) above++
    else {
      const bin = Math.min(Math.floor(((x + bound) / (2 * bound)) * bins), bins - 1)
      counts[bin] = (counts[bin] as number) + 1
    }
  }
  const moments = count === 0 ? [null, null] : [mean, Math.sqrt(squares / count)]
  return {
    low: -bound,
    high: bound,
    counts,
    below,
    above,
    notFinite,
    mean: moments[0] ?? null,
    standardDeviation: moments[1] ?? null,
  }
}

/** The lines of epochs up to one; a line torn by a killed process is left out. */
async function linesUpTo(path: string, epoch: number): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const kept = text.split('\n').filter((line) => {
    try {
      const parsed: unknown = JSON.parse(line)
      return typeof parsed === 'object' && parsed !== null && 'epoch' in parsed && Number(parsed.epoch) <= epoch
    } catch {
      return false
    }
  })
  return kept.map((line) => `${line}\n`).join('')
}

function difference(now: Values, then: Values): Values {
  return Object.fromEntries(
    Object.entries(now).map(([name, value]) => {
      const old = numbers(then[name] ?? value)
      const data = Float32Array.from(numbers(value), (x, i) => x - (old[i] as number))
      return [name, { ...value, dtype: 'float32' as const, data }]
    }),
  )
}

/**
 * Appends a line of JSON for each tensor at the end of an epoch: `{"epoch":1,"step":422,"of":"gradients","name":"dense.kernel","low":-0.1, …}`, see
 * `Histogram`. Gradients are those of the next step (`RunView.gradients`); updates are what an epoch (or `everyEpochs` of them) changed.
 * Bins are fixed, so that histograms of different epochs, runs and tensors can be laid over each other.
 *
 * After a resume from an earlier checkpoint the lines of later epochs are removed first. Updates need the parameters of the last time,
 * which checkpoints then hold too.
 *
 * Throws an OptionError for an option out of range, a CheckpointError that names the file when it cannot be written.
 *
 * @example histograms('runs/histograms.jsonl')
 * @example histograms({ path: 'runs/histograms.jsonl', of: ['updates'], updateLimit: 0.01 })
 */
export function histograms(given: string | HistogramsOptions): Callback {
  const options = parseOptions('histograms', schema, withMainOption('path', given))
  const { path, of, bins, everyEpochs } = options
  const limits = { parameters: options.parameterLimit, gradients: options.gradientLimit, updates: options.updateLimit }
  const remembers = of.includes('updates')
  let previous: Values = {}
  let loaded = false

  const valuesOf = async (kind: keyof typeof limits, run: RunView, parameters: Values): Promise<Values> => {
    if (kind === 'gradients') return run.gradients()
    return kind === 'parameters' ? parameters : difference(parameters, previous)
  }
  return {
    kind: 'callback',
    name: 'histograms',
    options,
    async onRunStart(run) {
      if (remembers && !loaded) previous = run.snapshot().parameters
      loaded = false
      await writeAtomically(path, await linesUpTo(path, run.history.length))
    },
    async onEpochEnd(run, { epoch, steps }) {
      if (epoch % everyEpochs !== 0) return
      const { parameters } = run.snapshot()
      let lines = ''
      for (const kind of of)
        for (const [name, value] of Object.entries(await valuesOf(kind, run, parameters))) {
          const counted = { epoch, step: steps, of: kind, name, ...histogramOf(value, bins, limits[kind]) }
          lines += `${JSON.stringify(counted)}\n`
        }
      if (remembers) previous = parameters
      await appendFile(path, lines).catch((cause: unknown) => {
        throw new CheckpointError({ who: path, problem: 'the file cannot be written', got: String(cause), cause })
      })
    },
    save: () => ({ json: null, values: previous }),
    load({ values }) {
      previous = values
      loaded = true
    },
  }
}
