// Calling callbacks: in order, awaited, their answers checked, with errors that name them.

import {
  type Callback,
  type Directives,
  isPlugin,
  OptionError,
  parseOptions,
  type Snapshot,
  sameShape,
  type Values,
} from '@gradwerk/core'
import { z } from 'zod'
import { CallbackError } from './errors.ts'
import { copyOfSnapshot, snapshotParts } from './snapshot.ts'

export type Hook = 'onRunStart' | 'onEpochStart' | 'onSteps' | 'onDivergence' | 'onEpochEnd' | 'onRunEnd'

/** What all callbacks of one hook asked for together: the first stop, the last restore, the product of the factors. */
export interface Outcome {
  readonly stop?: string
  readonly restore?: Snapshot
  readonly learningRateFactor: number
  readonly saves: readonly NonNullable<Directives['save']>[]
}

export interface HookCall<H extends Hook> {
  /** The run's own numbers, whose types a restored snapshot has to have. */
  readonly snapshot: Snapshot
  /** What the next callback is given. */
  parameters(): Parameters<NonNullable<Callback[H]>>
  /** Takes the figures of a callback; absent where they have no place. */
  readonly tell?: (figures: Readonly<Record<string, number>>) => void
}

const values = z.custom<Values>((x) => typeof x === 'object' && x !== null, { error: 'values by name' })

const directivesSchema = z.strictObject({
  stop: z.string().min(1).optional(),
  learningRateFactor: z.number().positive().optional(),
  restore: z.object({ parameters: values, state: values, slots: values }, { error: 'a snapshot' }).optional(),
  save: z.custom<NonNullable<Directives['save']>>((x) => typeof x === 'function', { error: 'a function' }).optional(),
  figures: z
    .record(
      z.string(),
      z.custom<number>((x) => typeof x === 'number', { error: 'a number' }),
    )
    .optional(),
})

/** Calls one hook of every callback. */
export async function callHook<H extends Hook>(
  callbacks: readonly Callback[],
  hook: H,
  { snapshot, parameters, tell }: HookCall<H>,
): Promise<Outcome> {
  let outcome: Outcome = { learningRateFactor: 1, saves: [] }
  for (const callback of callbacks) {
    const answer = await heard(callback, hook, parameters())
    if (answer === undefined || answer === null) continue
    const asked = directives(callback, hook, answer)
    if (asked.restore !== undefined) checkRestored(callback, hook, asked.restore, snapshot)
    if (asked.figures !== undefined) {
      if (tell === undefined)
        throw refused(callback, hook, "directive 'figures' has no record to go to", 'figures from onEpochEnd only')
      tell(asked.figures)
    }
    const stop = outcome.stop ?? asked.stop
    const restore = asked.restore === undefined ? outcome.restore : copyOfSnapshot(asked.restore)
    outcome = {
      ...(stop === undefined ? {} : { stop }),
      ...(restore === undefined ? {} : { restore }),
      learningRateFactor: outcome.learningRateFactor * (asked.learningRateFactor ?? 1),
      saves: asked.save === undefined ? outcome.saves : [...outcome.saves, asked.save],
    }
  }
  return outcome
}

function nameOf(callback: Callback): string {
  return `callback ${isPlugin(callback) ? callback.name : 'without a name'}`
}

async function heard(callback: Callback, hook: Hook, parameters: readonly unknown[]): Promise<unknown> {
  const call: unknown = callback[hook]
  if (typeof call !== 'function') return undefined
  try {
    return await Reflect.apply(call, callback, parameters)
  } catch (cause) {
    throw new CallbackError({
      who: nameOf(callback),
      problem: `it threw in ${hook}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    })
  }
}

function refused(callback: Callback, hook: Hook, problem: string, expected?: string, got?: string): CallbackError {
  return new CallbackError({
    who: nameOf(callback),
    problem: `its answer in ${hook} is of no use: ${problem}`,
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
  })
}

/** The answer as directives. Throws a CallbackError for one that does not exist or is outside its domain. */
function directives(callback: Callback, hook: Hook, answer: unknown): z.output<typeof directivesSchema> {
  try {
    return parseOptions(nameOf(callback), directivesSchema, answer)
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    const { problem, expected, got } = error.facts
    const words = problem.replace('the options are not valid', 'no directives').replace('option ', 'directive ')
    throw refused(callback, hook, words, expected, got)
  }
}

/** Throws a CallbackError unless a snapshot has the names and types of the run's own. */
function checkRestored(callback: Callback, hook: Hook, given: Snapshot, own: Snapshot): void {
  for (const part of snapshotParts) {
    const strange = Object.keys(given[part]).find((name) => own[part][name] === undefined)
    if (strange !== undefined)
      throw refused(callback, hook, `the run has nothing to restore '${strange}' of ${part} to`)
    for (const [name, { dtype, shape, data }] of Object.entries(own[part])) {
      const restored = given[part][name]
      const fits =
        restored?.dtype === dtype &&
        sameShape(restored.shape, shape) &&
        restored.data?.constructor === data.constructor &&
        restored.data.length === data.length
      if (!fits)
        throw refused(
          callback,
          hook,
          `'${name}' of ${part} to restore ${restored === undefined ? 'is missing' : 'is not of its type'}`,
          'all values of the run, as snapshot() gives them',
        )
    }
  }
}
