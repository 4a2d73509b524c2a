// A worker thread of `bench run`.

import type { TrialOrder } from './messages.ts'
import { serve } from './serve.ts'
import { runTrial, type TrialOutcome } from './trial.ts'

serve<TrialOrder, TrialOutcome>(({ request, train }, samples, backend, observer) =>
  runTrial(request, train === undefined ? samples : { ...samples, train }, backend, observer),
)
