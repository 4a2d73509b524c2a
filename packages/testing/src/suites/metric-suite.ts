// The conformance suite of metrics.

import type { Metric } from '@gradwerk/core'
import { assertSameMetric, assertStreams, type MetricCase } from '../checks/metric.ts'
import { type Factory, roundTrip, type SuiteOptions } from '../checks/plugin.ts'
import { declareSuite } from './plugin-suite.ts'

/** Streaming: `metricSuite(accuracy, [{ plugin: accuracy(), predictions: [4], targets: { classes: 4 } }])`. */
export function metricSuite(factory: Factory<Metric>, cases: readonly MetricCase[], options: SuiteOptions = {}): void {
  declareSuite('metric', factory, cases, options, [
    { title: 'gives the same over batches as at once', run: assertStreams },
    {
      title: 'gives the same when made again',
      run: (c) => assertSameMetric(c, roundTrip(factory, c.plugin, options.registries)),
    },
  ])
}
