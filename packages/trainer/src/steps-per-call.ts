// How many steps one call of the backend does unless told otherwise.

import { multiplyAdds, type Program, resultsOf } from '@gradwerk/core'

/** A quarter of a second or so on one core: long enough that a call costs nothing, short enough to stop and to report. */
const multiplyAddsPerCall = 16e9
const mostSteps = 64

/** As many steps as make a call of useful length, from 1 to 64. It depends on the program alone, so callbacks act at the same steps everywhere. */
export function defaultStepsPerCall(program: Program): number {
  return Math.min(
    Math.max(Math.floor(multiplyAddsPerCall / Math.max(multiplyAdds(resultsOf(program)), 1)), 1),
    mostSteps,
  )
}
