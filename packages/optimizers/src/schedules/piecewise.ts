// Schedules made of schedules: one after the other, and after a warm-up.

import {
  type Hyperparameter,
  hyperparameterSchema,
  OptionError,
  parseOptions,
  type Schedule,
  valueAt,
  withMainOption,
} from '@gradwerk/core'
import { z } from 'zod'
import { type Span, spanSchema, stepsOf } from '../span.ts'

export interface PiecewiseOptions {
  /** Numbers or schedules, one after the other. */
  readonly parts: readonly (number | Schedule)[]
  /** Where each part but the first begins: rising steps, or fractions of the run. One less than there are parts. */
  readonly boundaries: readonly Span[]
}

export interface WarmupOptions {
  /** Steps of the warm-up, ≥ 1, or a fraction of the run. */
  readonly steps: Span
  /** What comes then: a number or a schedule. */
  readonly into: number | Schedule
}

const part = hyperparameterSchema(z.number())

const piecewiseSchema = z
  .strictObject({
    parts: z.array(part).min(1).readonly().meta({ description: 'Numbers or schedules, one after the other.' }),
    boundaries: z
      .array(spanSchema('A step, or a fraction of the run.'))
      .readonly()
      .meta({ description: 'Where each part but the first begins: steps, or fractions of the run.' }),
  })
  .refine(({ parts, boundaries }) => boundaries.length === parts.length - 1, {
    path: ['boundaries'],
    error: 'one boundary less than there are parts',
  })

const warmupSchema = z.strictObject({
  steps: spanSchema('Steps of the warm-up, or a fraction of the run.'),
  into: part.meta({ description: 'What comes then: a number or a schedule.' }),
})

/** A part that lasts from one step of the run to another counts its own steps from 0 and has its own length. */
function within(of: Hyperparameter, step: number, [start, end]: readonly [number, number]): number {
  return valueAt(of, step - start, Math.max(1, end - start))
}

/**
 * Parts one after the other. Each counts its steps from its own beginning, and its planned length is that up to the next boundary (of
 * the last one: to the end of the run), so that `cosine(0.1)` as a part falls to 0 where the next part begins.
 *
 * Throws an OptionError unless there is one boundary less than there are parts; and at the first step for boundaries that do not rise, which
 * with fractions depends on the length of the run.
 *
 * ```ts
 * piecewise({ parts: [0.1, 0.01, 0.001], boundaries: [0.5, 0.75] })
 * piecewise({ parts: [cosine({ from: 0.1, to: 0.05 }), 0.05], boundaries: [0.75] })
 * ```
 */
export function piecewise(given: PiecewiseOptions): Schedule {
  const options = parseOptions('piecewise', piecewiseSchema, given)
  return {
    kind: 'schedule',
    name: 'piecewise',
    options,
    at(step, total) {
      const edges = [0, ...options.boundaries.map((boundary) => stepsOf(boundary, total))]
      if (edges.some((edge, i) => i > 0 && edge < (edges[i - 1] as number)))
        throw new OptionError({
          who: 'piecewise',
          problem: `the boundaries of a run of ${total} steps do not rise`,
          expected: 'rising boundaries',
          got: edges.slice(1).join(', '),
        })
      const now = edges.findLastIndex((edge) => step >= edge)
      const range = [edges[now] as number, edges[now + 1] ?? total] as const
      return within(options.parts[now] as Hyperparameter, step, range)
    },
  }
}

/**
 * Rises in equal steps to the first value of what comes then: `into(0) · (step + 1) / steps` before step `steps`, then `into` with steps counted
 * from there and the rest of the run as its length. The first value is not 0, and the last step of the warm-up has the full one.
 *
 * Throws an OptionError for a length that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1).
 *
 * ```ts
 * adamW({ learningRate: warmup(0.05, cosine(1e-3)) })
 * warmup({ steps: 500, into: 0.1 })
 * ```
 *
 * Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, section 2.2.
 */
export function warmup(steps: Span, into: number | Schedule): Schedule
export function warmup(options: WarmupOptions): Schedule
export function warmup(given: Span | WarmupOptions, into?: number | Schedule): Schedule {
  const options = parseOptions('warmup', warmupSchema, withMainOption('steps', given, { into }))
  return {
    kind: 'schedule',
    name: 'warmup',
    options,
    at(step, total) {
      const steps = stepsOf(options.steps, total)
      const range = [steps, total] as const
      if (step >= steps) return within(options.into, step, range)
      return (within(options.into, steps, range) * (step + 1)) / steps
    },
  }
}
