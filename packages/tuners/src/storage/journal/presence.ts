// A worker's file beside the journal: it says who the worker is, and its modification time is the worker's heartbeat.

import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Holder, isDead, lives, parseHolder } from './process.ts'

/** Files to remove when the process ends by itself. */
const open = new Set<() => void>()
let listening = false

function atExit(remove: () => void): void {
  open.add(remove)
  if (listening) return
  listening = true
  process.on('exit', () => {
    for (const close of open) close()
  })
}

/** Beats on a thread of its own, so that a heartbeat never waits for a training step. */
const beating = `
const { utimesSync } = require('node:fs')
const { workerData: { file, interval } } = require('node:worker_threads')
const beat = () => {
  const now = new Date()
  try { utimesSync(file, now, now) } catch {}
}
beat()
setInterval(beat, interval * 1000)
`

/** Milliseconds of silence that a process is granted which is seen to live. */
const patience = 5000

export interface Presence {
  /** The worker's file, made if it is missing. */
  file(): string
  /** Beats, and goes on beating. */
  beat(): void
  /** Whether a worker has ended or missed two heartbeats. */
  isGone(worker: string): boolean
  close(): void
}

export function presenceOf(folder: string, holder: Holder): Presence {
  const path = (worker: string) => join(folder, `${worker.replace(/[^\w.-]/g, '_')}`)
  const own = path(holder.worker)
  let heart: Worker | undefined

  const file = (): string => {
    try {
      statSync(own)
    } catch {
      mkdirSync(folder, { recursive: true })
      writeFileSync(own, JSON.stringify(holder))
      atExit(close)
    }
    return own
  }
  const beat = (): void => {
    const now = new Date()
    utimesSync(file(), now, now)
    if (heart !== undefined) return
    heart = new Worker(beating, { eval: true, execArgv: [], workerData: { file: own, interval: holder.interval / 2 } })
    // Without a heartbeat, whether the process lives still tells.
    heart.on('error', () => undefined)
    heart.unref()
  }
  const isGone = (worker: string): boolean => {
    if (worker === holder.worker) return false
    try {
      const found = parseHolder(readFileSync(path(worker), 'utf8'))
      if (found === undefined || isDead(found)) return true
      const silent = Date.now() - statSync(path(worker)).mtimeMs
      // A busy machine may keep a living process from beating for a while.
      return silent > Math.max(2000 * found.interval, lives(found) ? patience : 0)
    } catch {
      // It took leave without ending its trial.
      return true
    }
  }
  /** Removes the files of workers whose processes ended, and the folder with the last one. */
  const tidy = (): void => {
    for (const name of readdirSync(folder)) {
      const other = parseHolder(readFileSync(join(folder, name), 'utf8'))
      if (other !== undefined && isDead(other)) rmSync(join(folder, name), { force: true })
    }
    rmdirSync(folder)
  }
  const close = (): void => {
    open.delete(close)
    void heart?.terminate()
    heart = undefined
    try {
      rmSync(own, { force: true })
      tidy()
    } catch {
      // Others are still there, or were faster.
    }
  }
  return { file, beat, isGone, close }
}
