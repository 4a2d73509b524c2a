// A worker thread: measures one network after another.

import { parentPort, workerData } from 'node:worker_threads'
import { ort } from '@gradwerk/backend-ort'
import { measure, type Plan } from './measure.ts'
import type { Network } from './network.ts'

const plan: Plan = workerData
const backend = ort({ threads: 1 })

parentPort?.on('message', async (network: Network) => {
  parentPort?.postMessage(await measure(network, plan, backend))
})
