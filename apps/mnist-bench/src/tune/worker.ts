// A worker thread of `bench tune`.

import { serve } from '../serve.ts'
import { runTuneTrial, type TuneFigures, type TuneRequest } from './trial.ts'

serve<TuneRequest, TuneFigures>(runTuneTrial)
