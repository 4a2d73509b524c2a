// Where and with what it was measured.

import { availableParallelism, cpus, loadavg } from 'node:os'
import { ort } from '@gradwerk/backend-ort'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  /** Processes that ran or waited in the minute before the start. Near 0 on a quiet machine. */
  readonly load: number
}

export function machine(): Machine {
  return { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), load: loadavg()[0] ?? Number.NaN }
}

/** A busy machine is unfair to whoever divides work among threads: one that waits for a core holds up the others. */
export function loadWarning({ load, cores }: Machine): string | undefined {
  if (!(load > cores / 2)) return undefined
  return `the machine was busy when this began (load ${load.toFixed(1)} on ${cores} cores): times with several threads say little.`
}

export function versions(): Record<string, string> {
  const { name, version } = ort({ threads: 1 }).description
  return { node: process.versions.node, [name]: version }
}
