// The conformance suite of schedules.

import type { Schedule } from '@gradwerk/core'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { assertSameSchedule, assertSchedule, type ScheduleCase } from '../checks/schedule.ts'
import { declareSuite } from './plugin-suite.ts'

/** Finite, pure and as stated: `scheduleSuite(cosine, [{ plugin: cosine(0.1), total: 20 }])`. */
export function scheduleSuite(
  factory: Factory<Schedule>,
  cases: readonly ScheduleCase[],
  options: SuiteOptions = {},
): void {
  declareSuite('schedule', factory, cases, options, [
    { title: 'gives the stated numbers', run: assertSchedule },
    {
      title: 'gives the same when made again',
      run: (c) => assertSameSchedule(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
