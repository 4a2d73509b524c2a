// gradwerk itself, as a contestant.

import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { jobArguments, startContestant } from './contestant-process.ts'
import type { Contestant, Job } from './peer.ts'

const require = createRequire(import.meta.url)
const script = fileURLToPath(new URL('./gradwerk-process.ts', import.meta.url))

export function startGradwerk(job: Job): Promise<Contestant> {
  const loader = pathToFileURL(require.resolve('tsx')).href
  return startContestant({
    name: 'gradwerk',
    file: process.execPath,
    args: ['--import', loader, script, ...jobArguments(job)],
    environment: process.env,
  })
}
