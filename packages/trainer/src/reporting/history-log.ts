// Logs of the history of a run: a row for every epoch, as CSV or as JSON lines.

import { type Callback, type EpochRecord, figuresOf, parseOptions, type RunView, withMainOption } from '@gradwerk/core'
import { z } from 'zod'
import { writeAtomically } from '../checkpoint/file.ts'

export interface LogOptions {
  /** The file; made with its folders, replaced by a run that starts afresh. */
  readonly path: string
}

const schema = z.strictObject({
  path: z
    .string()
    .min(1)
    .meta({ description: 'The file; made with its folders, replaced by a run that starts afresh.' }),
})

/**
 * The file is a function of the history: it is written whole, beside its place, after every epoch. So a resumed run goes on where its
 * checkpoint was, without rows twice, whatever the file held by then.
 */
function historyLog(
  who: string,
  given: string | LogOptions,
  format: (history: readonly EpochRecord[]) => string,
): Callback {
  const options = parseOptions(who, schema, withMainOption('path', given))
  const write = async ({ history }: RunView): Promise<void> => {
    if (history.length > 0) await writeAtomically(options.path, format(history))
  }
  // Once more at the end: callbacks after this one may have added figures to the last record.
  return { kind: 'callback', name: who, options, onRunStart: write, onEpochEnd: write, onRunEnd: write }
}

function csv(history: readonly EpochRecord[]): string {
  const rows = history.map(
    (record) => new Map([['epoch', record.epoch], ['steps', record.steps], ...figuresOf(record)]),
  )
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))]
  const quoted = (name: string) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)
  const lines = rows.map((row) => columns.map((column) => String(row.get(column) ?? '')).join(','))
  return `${[columns.map(quoted).join(','), ...lines].join('\n')}\n`
}

/**
 * A CSV file with a row for each epoch: epoch, steps, objective, loss, and every figure of `training`, `validation` and other callbacks
 * (`callbacks.seconds`) as a column. Numbers that are not finite stand as NaN, Infinity and -Infinity; a figure that an epoch does not
 * have is empty.
 *
 * After a resume from an earlier checkpoint the file holds the rows up to there and then the new ones, none twice. Throws a
 * CheckpointError that names the file when it cannot be written.
 *
 * @example csvLog('runs/mnist.csv')
 */
export function csvLog(given: string | LogOptions): Callback {
  return historyLog('csvLog', given, csv)
}

/**
 * A file with the record of each epoch as a line of JSON: `{"epoch":1,"steps":422,"objective":…,"loss":…,"validation":{…}}`. Numbers that are
 * not finite stand as null.
 *
 * After a resume from an earlier checkpoint the file holds the lines up to there and then the new ones, none twice. Throws a
 * CheckpointError that names the file when it cannot be written.
 *
 * @example jsonLinesLog('runs/mnist.jsonl')
 */
export function jsonLinesLog(given: string | LogOptions): Callback {
  return historyLog('jsonLinesLog', given, (history) => history.map((record) => `${JSON.stringify(record)}\n`).join(''))
}
