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

export function versions(): Record<string, string> {
  const { name, version } = ort({ threads: 1 }).description
  return { node: process.versions.node, [name]: version }
}
