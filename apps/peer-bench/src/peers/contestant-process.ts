// A contestant in a process of its own: a line of JSON when it is ready, then one line in and one line out for each block.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { GradwerkError } from '@gradwerk/core'
import { z } from 'zod'
import type { BlockRequest, Contestant, Job } from './peer.ts'

const resultSchema = z.object({ ms: z.number().positive(), loss: z.number() })

export interface Command {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
}

/** The arguments that every contestant's script takes. */
export function jobArguments({ workFile, optimizer, learningRate, threads }: Job): string[] {
  return [workFile, optimizer, String(learningRate), String(threads)]
}

function failure(name: string, problem: string, got: string, cause?: unknown): GradwerkError {
  return new GradwerkError({
    who: name,
    problem,
    ...(got === '' ? {} : { got }),
    ...(cause === undefined ? {} : { cause }),
  })
}

function parsed(name: string, line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw failure(name, 'the process answered something that is not JSON', line.slice(0, 200), cause)
  }
}

/** Starts the process and waits until it is ready. Throws a GradwerkError with the end of its messages when it fails. */
export async function startContestant({ name, file, args, environment }: Command): Promise<Contestant> {
  const child = spawn(file, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
  let messages = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-2000)
  })
  // A process that is gone is noticed at its end of output; a write that fails says nothing more.
  child.stdin.on('error', () => undefined)
  const ended = once(child, 'close')
  ended.catch(() => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  const answer = async (): Promise<unknown> => {
    const { done, value } = await lines.next()
    if (done !== true) return parsed(name, value)
    await ended.catch((cause: unknown) => {
      throw failure(name, 'the process could not be started', file, cause)
    })
    throw failure(name, 'the process ended before it was done', messages.trim().split('\n').slice(-3).join(' | '))
  }
  await answer()
  return {
    async block(request: BlockRequest) {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const result = resultSchema.safeParse(await answer())
      if (!result.success)
        throw failure(name, 'the process answered no step time', result.error.issues[0]?.message ?? '')
      return result.data
    },
    stop() {
      child.stdin.end()
    },
  }
}
