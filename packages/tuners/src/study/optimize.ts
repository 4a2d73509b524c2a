// The loop: starts trials, runs the objective, and stops when enough was done.

import { setImmediate } from 'node:timers/promises'
import { GradwerkError, OptionError, parseOptions } from '@gradwerk/core'
import { z } from 'zod'
import { JournalError } from '../storage/journal/errors.ts'
import { isFinished } from '../storage/state.ts'
import type { Storage } from '../storage/storage.ts'
import { trialsSinceImprovement } from './best.ts'
import { isRefusal, StudyError, TrialError, TrialPruned } from './errors.ts'
import { outcomeOf, reasonOf, type Told } from './outcome.ts'
import { isRetry, retryOf } from './retry.ts'
import { recordOf, type StudyTrial, viewOf } from './view.ts'
import type { Limits, Started, Work } from './work.ts'

/** Called after each trial; 'stop' lets no further trial begin. */
export type StudyCallback<S> = (trial: StudyTrial, study: S) => 'stop' | void | Promise<'stop' | void>

export interface OptimizeOptions<S> {
  /** How many trials this call runs, ≥ 0. Trials that repeat a failed one are not counted. */
  readonly trials?: number
  /** How many trials the study is to have that are complete or pruned, by whomever: what a resumed study continues up to; ≥ 0. */
  readonly total?: number
  /** Seconds after which no further trial begins, > 0. */
  readonly timeout?: number
  /** Trials, failed ones included, without improvement of the best value, or of the Pareto front, after which no further trial begins; ≥ 1. */
  readonly patience?: number
  /** Called in order after each trial. */
  readonly callbacks?: readonly StudyCallback<S>[]
  /** Trials that run at once on this thread, for objectives that wait for something, ≥ 1. Default 1. */
  readonly concurrency?: number
  /** How often the parameters of a trial whose objective threw are tried again, ≥ 0. Default 0. */
  readonly retries?: number
  /** What an objective that throws leads to once it is not tried again: the trial fails, and the study stops or goes on. Default 'stop'. */
  readonly onError?: 'stop' | 'continue'
  /** No further trial begins once it is aborted. */
  readonly signal?: AbortSignal
}

export type StopReason = 'trials' | 'total' | 'timeout' | 'patience' | 'callback' | 'signal'

/** How a call ended: how many trials it ran, and why it began no more. */
export interface Optimized {
  readonly trials: number
  readonly stopped: StopReason
}

const count = z.int().min(1)
const schema = z.strictObject({
  trials: z.int().min(0).optional().meta({ description: 'trials of this call; no limit unless given' }),
  total: z.int().min(0).optional().meta({
    description: 'trials the study is to have that are complete or pruned; no limit unless given',
  }),
  timeout: z.number().positive().optional().meta({
    description: 'seconds after which no further trial begins; no limit unless given',
  }),
  patience: count.optional().meta({
    description: 'trials without improvement after which no further trial begins; no limit unless given',
  }),
  callbacks: z
    .array(z.custom<StudyCallback<never>>((f) => typeof f === 'function', 'functions'))
    .default([])
    .meta({
      description: "called in order after each trial; 'stop' lets no further trial begin",
    }),
  concurrency: count.default(1).meta({ description: 'trials at once' }),
  retries: z.int().min(0).default(0).meta({ description: 'repetitions of a trial whose objective threw' }),
  onError: z.enum(['stop', 'continue']).default('stop').meta({
    description: 'what an objective that throws leads to once its trial is not tried again',
  }),
  signal: z
    .custom<AbortSignal>((s) => s instanceof AbortSignal, 'an AbortSignal')
    .optional()
    .meta({ description: 'no further trial begins once it is aborted' }),
})
type Parsed = z.output<typeof schema>

function parse(options: object): Parsed {
  const parsed = parseOptions('optimize', schema, options)
  const { trials, total, timeout, patience, signal, callbacks } = parsed
  if ([trials, total, timeout, patience, signal].every((limit) => limit === undefined) && callbacks.length === 0)
    throw new OptionError({
      who: 'optimize',
      problem: 'nothing would ever end it',
      expected: 'trials, total, timeout, patience, a signal or a callback',
    })
  return parsed
}

/** Mistakes in how the study is used, which another trial would only repeat. */
function isFatal(error: unknown): boolean {
  return error instanceof StudyError || error instanceof JournalError || isRefusal(error)
}

/** Runs one trial to its end; gives its record, and what there is to complain of. */
async function run(
  work: Work,
  { stored: trial }: Started,
  objective: () => Told | Promise<Told>,
  retries: number,
): Promise<{ record: StudyTrial; error?: unknown }> {
  const { directions } = work.stored()
  let told: Told
  let error: unknown
  try {
    told = await objective()
  } catch (thrown) {
    if (!(thrown instanceof TrialPruned)) error = thrown ?? new Error(`${thrown} was thrown`)
    told = error === undefined ? { state: 'pruned' } : { state: 'failed', reason: reasonOf(error) }
  }
  // Others took this worker for dead and closed its trial, perhaps while it was reporting: their word stands.
  const lost = () => isFinished(trial.state)
  if (lost()) return { record: recordOf(trial) }
  const again = error === undefined || isFatal(error) ? [] : retryOf(trial, retries)
  try {
    work.change(...outcomeOf(trial, told, directions), ...again)
  } catch (late) {
    if (!(late instanceof StudyError && lost())) throw late
    return { record: recordOf(trial) }
  }
  return { record: recordOf(trial), ...(error === undefined || again.length > 0 ? {} : { error }) }
}

export async function optimize<S>(
  study: S,
  work: Work,
  storage: Storage,
  objective: (started: Started) => Told | Promise<Told>,
  options: OptimizeOptions<S>,
): Promise<Optimized> {
  const { trials = Infinity, total, timeout = Infinity, patience = Infinity, ...rest } = parse(options)
  const { concurrency, retries, onError, signal } = rest
  const begin = performance.now()
  let begun = 0
  let ran = 0
  let stopped: StopReason | undefined
  let failure: { readonly error: unknown } | undefined

  const reason = (): StopReason | undefined => {
    if (stopped !== undefined) return stopped
    if (signal?.aborted === true) return 'signal'
    if (performance.now() - begin >= timeout * 1000) return 'timeout'
    if (patience === Infinity) return undefined
    const { trials, directions } = viewOf(work.stored())
    return trialsSinceImprovement(trials, directions) >= patience ? 'patience' : undefined
  }
  const limits = (): Limits => ({ total, retriesOnly: begun >= trials })

  const loop = async (): Promise<void> => {
    while (failure === undefined && reason() === undefined) {
      const started = work.start(limits())
      if (started === undefined) return
      if (!isRetry(started.stored)) begun++
      const { record, error } = await run(work, started, () => objective(started), retries)
      ran++
      if (error !== undefined && (onError === 'stop' || isFatal(error))) failure ??= { error: errorOf(record, error) }
      for (const callback of options.callbacks ?? [])
        if ((await callback(record, study)) === 'stop') stopped ??= 'callback'
      // An objective that never waits would keep timers, and so signals, from being heard.
      await setImmediate()
    }
  }
  /** What stops one loop stops the others, which run on until their trials end. */
  const guarded = () =>
    loop().catch((error: unknown) => {
      failure ??= { error }
    })
  /** As long as trials run, those of workers that have gone are looked for. */
  const timer = everySweep(storage, () => {
    try {
      work.sweep()
    } catch (error) {
      failure ??= { error }
    }
  })
  try {
    for (;;) {
      await Promise.all(Array.from({ length: concurrency }, guarded))
      if (failure !== undefined) throw failure.error
      const why = reason() ?? (begun >= trials ? 'trials' : total === undefined ? undefined : 'total')
      // A trial that failed after the others had found the total reached makes room for another one.
      const room = total !== undefined && roomFor(work, total) && begun < trials && reason() === undefined
      if (why !== undefined && !room) return { trials: ran, stopped: why }
    }
  } finally {
    clearInterval(timer)
  }
}

function roomFor(work: Work, total: number): boolean {
  return work.stored().trials.filter(({ state }) => ['complete', 'pruned', 'running'].includes(state)).length < total
}

function everySweep(storage: Storage, sweep: () => void): NodeJS.Timeout | undefined {
  if (storage.heartbeat === undefined) return undefined
  return setInterval(sweep, storage.heartbeat * 500).unref()
}

/** What the study's caller hears: errors about its use as they are, others with the trial they came from. */
function errorOf({ number }: StudyTrial, error: unknown): unknown {
  if (error instanceof GradwerkError && isFatal(error)) return error
  return new TrialError({
    who: `trial ${number}`,
    problem: `the objective threw: ${reasonOf(error)}`,
    hint: `onError: 'continue', or retries`,
    cause: error,
  })
}
