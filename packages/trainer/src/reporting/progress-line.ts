// Progress of a run as plain lines of text.

import { type Callback, figuresOf, parseOptions, type RunView } from '@gradwerk/core'
import { z } from 'zod'

export interface ProgressLineOptions {
  /** A line when at least so many steps were done since the last one. Default: only at the ends of epochs. */
  readonly everySteps?: number | undefined
}

const schema = z.strictObject({
  everySteps: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'A line when at least so many steps were done since the last one.' }),
})

function figure(name: string, value: number): string {
  return `${name} ${Number.isInteger(value) ? value : value.toPrecision(4)}`
}

function place({ history, epochs, step, stepsPerEpoch }: RunView, epoch = history.length + 1): string {
  return `epoch ${epoch}/${epochs}, step ${step}/${epochs * stepsPerEpoch}`
}

/**
 * Writes a line to standard output at the end of each epoch, `epoch 3/10, step 120/400: loss 0.1234, validation.loss 0.2101`, with all figures of
 * the record, and, with `everySteps`, lines with the loss of the last step in between.
 *
 * @example progressLine({ everySteps: 100 })
 */
export function progressLine(given: ProgressLineOptions = {}): Callback {
  const options = parseOptions('progressLine', schema, given)
  const { everySteps } = options
  let last = 0
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  return {
    kind: 'callback',
    name: 'progressLine',
    options,
    onRunStart(run) {
      last = run.step
    },
    onSteps(run, { losses }) {
      if (everySteps === undefined || run.step - last < everySteps) return
      last = run.step
      say(`${place(run)}: ${figure('loss', losses.at(-1) ?? Number.NaN)}`)
    },
    onEpochEnd(run, record) {
      last = run.step
      const figures = [...figuresOf(record)].filter(([name]) => name !== 'objective')
      say(`${place(run, record.epoch)}: ${figures.map(([name, value]) => figure(name, value)).join(', ')}`)
    },
  }
}
