// Schedules with a factor per step: exponential, inverse time, and at chosen steps.

import { parseOptions, type Schedule } from '@gradwerk/core'
import { z } from 'zod'
import { type Span, spanSchema, stepsOf } from '../span.ts'
import { numberOption } from './ending.ts'

interface FromOption {
  /** The value at step 0. */
  readonly from: number
}

export interface StepDecayOptions extends FromOption {
  /** Steps between two changes, ≥ 1, or a fraction of the run. */
  readonly every: Span
  /** What the value is multiplied with, > 0. Default 0.1. */
  readonly factor?: number
}

export interface MultiStepOptions extends FromOption {
  /** The steps (≥ 1, or fractions of the run) from which on the value is multiplied once more. */
  readonly milestones: readonly Span[]
  /** What the value is multiplied with, > 0. Default 0.1. */
  readonly factor?: number
}

export interface ExponentialOptions extends FromOption {
  /** What the value is multiplied with in `every` steps, > 0. */
  readonly factor: number
  /** Steps in which the factor applies once, ≥ 1, or a fraction of the run. Default 1. */
  readonly every?: Span
}

export interface InverseTimeOptions extends FromOption {
  /** ρ ≥ 0. */
  readonly rate: number
  /** Steps that count as one unit of time, ≥ 1, or a fraction of the run. Default 1. */
  readonly every?: Span
}

const from = numberOption('The value at step 0.')
const factor = z.number().positive().meta({ description: 'What the value is multiplied with, > 0.' })
const every = spanSchema('Steps (or a fraction of the run) that count as one unit.')

const stepSchema = z.strictObject({ from, every, factor: factor.default(0.1) })
const multiStepSchema = z.strictObject({
  from,
  milestones: z
    .array(spanSchema('A step, or a fraction of the run.'))
    .readonly()
    .meta({ description: 'The steps, or fractions of the run, from which on the value is multiplied once more.' }),
  factor: factor.default(0.1),
})
const exponentialSchema = z.strictObject({ from, factor, every: every.default(1) })
const inverseTimeSchema = z.strictObject({
  from,
  rate: z.number().nonnegative().meta({ description: 'How fast the value falls, ≥ 0.' }),
  every: every.default(1),
})

/**
 * Multiplied at regular intervals: `from · factor^⌊step / every⌋`.
 *
 * Throws an OptionError for a factor ≤ 0 or an interval that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1).
 *
 * ```ts
 * stepDecay({ from: 0.1, every: 1 / 3 }) // 0.1, 0.01, 0.001
 * ```
 */
export function stepDecay(given: StepDecayOptions): Schedule {
  const options = parseOptions('stepDecay', stepSchema, given)
  const at = (step: number, total: number) =>
    options.from * options.factor ** Math.floor(step / stepsOf(options.every, total))
  return { kind: 'schedule', name: 'stepDecay', options, at }
}

/**
 * Multiplied at chosen steps: `from · factor^(number of milestones ≤ step)`.
 *
 * Throws an OptionError for a factor ≤ 0 or a milestone that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1).
 *
 * ```ts
 * multiStep({ from: 0.1, milestones: [0.5, 0.75] })
 * ```
 */
export function multiStep(given: MultiStepOptions): Schedule {
  const options = parseOptions('multiStep', multiStepSchema, given)
  const at = (step: number, total: number) =>
    options.from * options.factor ** options.milestones.filter((milestone) => step >= stepsOf(milestone, total)).length
  return { kind: 'schedule', name: 'multiStep', options, at }
}

/**
 * Falls (or rises) by a factor per unit of time: `from · factor^(step / every)`.
 *
 * Throws an OptionError for a factor ≤ 0 or a unit that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1).
 *
 * ```ts
 * exponential({ from: 0.1, factor: 0.95, every: 469 }) // 5 % less per epoch of 469 steps
 * ```
 */
export function exponential(given: ExponentialOptions): Schedule {
  const options = parseOptions('exponential', exponentialSchema, given)
  const at = (step: number, total: number) => options.from * options.factor ** (step / stepsOf(options.every, total))
  return { kind: 'schedule', name: 'exponential', options, at }
}

/**
 * Falls like 1 over time: `from / (1 + rate · step / every)`.
 *
 * Throws an OptionError for a negative rate or a unit that is neither a whole number of steps ≥ 1 nor a fraction in (0, 1).
 *
 * ```ts
 * inverseTime({ from: 0.1, rate: 1, every: 1000 }) // half of it after 1000 steps
 * ```
 *
 * Robbins & Monro, "A stochastic approximation method", 1951: Σ lr diverges and Σ lr² does not.
 */
export function inverseTime(given: InverseTimeOptions): Schedule {
  const options = parseOptions('inverseTime', inverseTimeSchema, given)
  const at = (step: number, total: number) => options.from / (1 + (options.rate * step) / stepsOf(options.every, total))
  return { kind: 'schedule', name: 'inverseTime', options, at }
}
