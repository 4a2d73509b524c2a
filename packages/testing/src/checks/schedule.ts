// What holds for schedules.

import type { Schedule } from '@gradwerk/core'
import { check } from '../errors.ts'
import type { PluginCase } from './plugin.ts'

export interface ScheduleCase extends PluginCase<Schedule> {
  /** Planned steps of the run. Default 50. */
  readonly total?: number
  /** The values of the first steps. */
  readonly expected?: readonly number[]
  /** Default 1e-6, relative to 1 + the expected value. */
  readonly tolerance?: number
}

/** Finite at every step and beyond the last one, the same whenever asked, and as expected where that is stated. */
export function assertSchedule({ plugin, total = 50, expected = [], tolerance = 1e-6 }: ScheduleCase): void {
  const steps = Array.from({ length: total + 10 }, (_, step) => step)
  const values = steps.map((step) => plugin.at(step, total))
  for (const step of steps)
    check(Number.isFinite(values[step]), plugin.name, `not a finite number at step ${step} of ${total}`, {
      got: String(values[step]),
    })
  for (const step of steps.toReversed())
    check(plugin.at(step, total) === values[step], plugin.name, `another value at step ${step} when asked again`)
  check(Number.isFinite(plugin.at(0, 1)), plugin.name, 'not a finite number in a run of one step', {
    got: String(plugin.at(0, 1)),
  })
  expected.forEach((wanted, step) => {
    const got = values[step] as number
    check(
      Math.abs(got - wanted) <= tolerance * (1 + Math.abs(wanted)),
      plugin.name,
      `another value at step ${step} of ${total}`,
      {
        expected: String(wanted),
        got: String(got),
      },
    )
  })
}

/** Two schedules give the same values. */
export function assertSameSchedule({ plugin, total = 50 }: ScheduleCase, again: Schedule): void {
  for (let step = 0; step <= total; step++)
    check(
      again.at(step, total) === plugin.at(step, total),
      again.name,
      `made again, it gives another value at step ${step}`,
    )
}
