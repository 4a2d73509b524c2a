// Where a run starts, and what is kept of it: the way from progress to checkpoint and back.

import { readFile } from 'node:fs/promises'
import type { Backend, Callback, Snapshot } from '@gradwerk/core'
import { type Checkpoint, checkIdentity, decodeCheckpoint, type RunIdentity } from './checkpoint/checkpoint.ts'
import { CheckpointError } from './errors.ts'
import type { Progress } from './loop.ts'

export interface StartOptions {
  /** Called when there is a checkpoint to compare it with. */
  readonly identity: () => RunIdentity
  /** The numbers of a run that starts afresh. */
  readonly initial: Snapshot
  readonly resume: string | Uint8Array | undefined
  readonly callbacks: readonly Callback[]
  readonly backend: Backend
  readonly warn: (message: string) => void
}

/** A run at its initial numbers, or where a checkpoint left it. Callbacks get their own state back. */
export async function startingPoint({
  identity,
  initial,
  resume,
  callbacks,
  backend,
  warn,
}: StartOptions): Promise<Progress> {
  if (resume === undefined)
    return {
      snapshot: initial,
      step: 0,
      learningRateFactor: 1,
      stopped: null,
      history: [],
      partial: { losses: [], objectives: [] },
    }
  const who = typeof resume === 'string' ? resume : 'checkpoint'
  const saved = decodeCheckpoint(typeof resume === 'string' ? await readCheckpoint(resume) : resume, who)
  checkIdentity(who, saved.identity, identity())
  const { description } = backend
  if (JSON.stringify(saved.backend) !== JSON.stringify(description))
    warn(
      `${who} was written on ${JSON.stringify(saved.backend)}; on ${JSON.stringify(description)} the run may not continue bit for bit`,
    )
  callbacks.forEach((callback, i) => {
    const state = saved.callbacks[i]
    if (state?.name === callback.name) callback.load?.(state)
    else warn(`${who} holds no state for callback ${i}, ${callback.name}: it starts afresh`)
  })
  const { snapshot, step, learningRateFactor, stopped, history, partial } = saved
  if (stopped !== null) warn(`${who}: this run was stopped at step ${step} and is not continued: ${stopped}`)
  const numbers = { losses: [...partial.losses], objectives: [...partial.objectives] }
  return { snapshot, step, learningRateFactor, stopped, history: [...history], partial: numbers }
}

async function readCheckpoint(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new CheckpointError({ who: path, problem: 'the checkpoint cannot be read', got: String(cause), cause })
  }
}

/** Everything a run consists of, at the end of a call of the backend. */
export function checkpointOf(
  progress: Progress,
  identity: RunIdentity,
  { backend, callbacks }: Pick<StartOptions, 'backend' | 'callbacks'>,
): Checkpoint {
  const { snapshot, step, learningRateFactor, stopped, history, partial } = progress
  return {
    identity,
    backend: backend.description,
    snapshot,
    step,
    learningRateFactor,
    stopped,
    history,
    partial: { losses: Float32Array.from(partial.losses), objectives: Float32Array.from(partial.objectives) },
    callbacks: callbacks.map((callback) => ({
      name: callback.name,
      ...(callback.save?.() ?? { json: null, values: {} }),
    })),
  }
}
