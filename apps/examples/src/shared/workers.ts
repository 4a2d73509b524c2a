// Jobs on worker threads: a call of ONNX Runtime blocks its thread, and sessions of one thread each scale with the cores.

import { Worker } from 'node:worker_threads'

// Node cannot load TypeScript in a worker by itself, and the loader of the main thread does not reach there on Node 20.
function startWorker(file: URL, workerData: unknown): Worker {
  const source = [
    `import { register } from '${import.meta.resolve('tsx/esm/api')}'`,
    'register()',
    `await import('${file}')`,
  ].join('\n')
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { execArgv: [], workerData })
}

function answerOf(worker: Worker, job: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.postMessage(job)
  })
}

/** Sends every job to the next free one of `count` workers and collects the answers in the order of the jobs. */
export async function onWorkers<Job, Answer>(
  file: URL,
  workerData: unknown,
  jobs: readonly Job[],
  count: number,
  onAnswer: (job: Job, answer: Answer) => void,
): Promise<Answer[]> {
  const answers: Answer[] = []
  const waiting = [...jobs.entries()]
  const serve = async () => {
    const worker = startWorker(file, workerData)
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [i, job] = next
        // The worker's file answers with what the caller expects of it.
        const answer = (await answerOf(worker, job)) as Answer
        answers[i] = answer
        onAnswer(job, answer)
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, jobs.length) }, serve))
  return answers
}
