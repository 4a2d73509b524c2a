// A process that works on a journal: `study-worker.ts <journal> <trials|total> <count> [milliseconds] [sampler]`.

import type { Sampler } from '@gradwerk/core'
import { createStudy, gaussianProcess, journalStorage, random, type Trial, tpe } from '../../src/index.ts'

export type SamplerName = 'random' | 'tpe' | 'gaussianProcess'
const samplers: Readonly<Record<SamplerName, () => Sampler>> = { random, tpe, gaussianProcess }

const [path = '', limit = 'trials', count = '0', pause = '0', name = 'random'] = process.argv.slice(2)
const storage = journalStorage(path, { heartbeat: 0.5 })
const study = createStudy({ storage, seed: 5, sampler: samplers[name as SamplerName]() })

async function objective(trial: Trial): Promise<number> {
  const x = trial.float('x', -5, 10)
  const kind = trial.categorical('kind', ['a', 'b'])
  const extra = kind === 'a' ? trial.int('n', 1, 9) : 0
  for (let step = 0; step < 2; step++) {
    if (Number(pause) > 0) await new Promise((resolve) => setTimeout(resolve, Number(pause)))
    trial.report(step, x + step)
  }
  return (x - 1) ** 2 + extra
}

await study.optimize(objective, { [limit]: Number(count) })
storage.close()
