// Calling callbacks: in order, awaited, with errors that name them.

import { type Callback, type Directives, isPlugin, type Snapshot } from '@gradwerk/core'
import { CallbackError } from './errors.ts'

type Hook = 'onRunStart' | 'onEpochStart' | 'onSteps' | 'onEpochEnd' | 'onRunEnd'

/** What all callbacks of one hook asked for together: the first stop, the last restore, the product of the factors. */
export interface Outcome {
  readonly stop?: string
  readonly restore?: Snapshot
  readonly learningRateFactor: number
  readonly saves: readonly NonNullable<Directives['save']>[]
}

/** Calls one hook of every callback. */
export async function callHook<H extends Hook>(
  callbacks: readonly Callback[],
  hook: H,
  ...parameters: Parameters<NonNullable<Callback[H]>>
): Promise<Outcome> {
  let outcome: Outcome = { learningRateFactor: 1, saves: [] }
  for (const callback of callbacks) {
    const asked = await heard(callback, hook, parameters)
    if (asked === undefined) continue
    const stop = outcome.stop ?? asked.stop
    const restore = asked.restore ?? outcome.restore
    outcome = {
      ...(stop === undefined ? {} : { stop }),
      ...(restore === undefined ? {} : { restore }),
      learningRateFactor: outcome.learningRateFactor * (asked.learningRateFactor ?? 1),
      saves: asked.save === undefined ? outcome.saves : [...outcome.saves, asked.save],
    }
  }
  return outcome
}

async function heard(callback: Callback, hook: Hook, parameters: readonly unknown[]): Promise<Directives | undefined> {
  const call: unknown = callback[hook]
  if (typeof call !== 'function') return undefined
  try {
    return ((await Reflect.apply(call, callback, parameters)) as Directives | void) ?? undefined
  } catch (cause) {
    throw new CallbackError({
      who: `callback ${isPlugin(callback) ? callback.name : 'without a name'}`,
      problem: `it threw in ${hook}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    })
  }
}
