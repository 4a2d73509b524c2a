// A run in a process of its own, which continues from its checkpoint where there is one. Its parent kills it.

import { createHash } from 'node:crypto'
import { existsSync, writeSync } from 'node:fs'
import { ort } from '@gradwerk/backend-ort'
import type { Callback } from '@gradwerk/core'
import { checkpoint } from '../src/index.ts'
import { fingerprint, fitEverything } from './setup.ts'

const path = process.argv[2] as string
const report: Callback = {
  kind: 'callback',
  name: 'report',
  options: {},
  onSteps: ({ step }) => void writeSync(1, `step ${step}\n`),
}
const run = await fitEverything({
  backend: ort({ threads: 1 }),
  stepsPerCall: 3,
  callbacks: [checkpoint({ path, everySteps: 4 }), report],
  fit: existsSync(path) ? { resume: path } : {},
})
writeSync(1, `end ${createHash('sha256').update(fingerprint(run)).digest('hex')}\n`)
