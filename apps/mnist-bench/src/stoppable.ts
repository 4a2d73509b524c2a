// Work on a pool of workers that a signal ends early, and what is cleared away however it ends.

import type { Pool } from './pool.ts'
import type { ProgressView } from './progress/view.ts'

/** Does the work; once the signal is aborted the pool finishes what is under way. The view and the pool are closed behind it. */
export async function stoppable<Request, Result, Entry>(
  pool: Pool<Request, Result>,
  view: ProgressView<Entry>,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  const stop = () => {
    view.say('Stopping after the calls that are under way …')
    pool.stop()
  }
  signal.addEventListener('abort', stop)
  // Reading the images may have kept the event from being heard.
  if (signal.aborted) stop()
  try {
    await work()
  } finally {
    signal.removeEventListener('abort', stop)
    view.end()
    await pool.close()
  }
}
