// The command line of `bench tune`.

import type { Command } from 'commander'
import { fromPreset, list, wholeNumber, wholeNumbers } from '../option-parsers.ts'
import type { Output } from '../output.ts'
import { styleFor } from '../style.ts'
import { datasetLine } from '../table.ts'
import { tunePresets } from './presets.ts'
import { tuneRemarks } from './remarks.ts'
import { type TuneOptions, tunePlan } from './settings.ts'
import { prunerNames, samplerNames } from './strategies.ts'
import { parameterTable, searchTable } from './table.ts'
import { tune } from './tune.ts'

/** Adds the command; `start` is called with what it was asked to do. */
export function addTuneCommand(bench: Command, start: (options: TuneOptions) => void): void {
  bench
    .command('tune')
    .description('search learning rates, batch sizes, penalties and drop probabilities')
    .option('--preset <name>', `what to search: ${tunePresets.map(({ name }) => name).join(', ')} (default: "default")`)
    .option('--configurations <names>', "some of 'bench list', separated by commas (default: the preset's)", list)
    .option('--samplers <names>', `some of ${samplerNames.join(', ')} (default: the preset's)`, list)
    .option('--pruners <names>', `some of ${prunerNames.join(', ')} (default: the preset's)`, list)
    .option('--searches <n>', `searches of every kind, with seeds 1 to n ${fromPreset}`, wholeNumber('--searches'))
    .option('--trials <n>', `trials of every search ${fromPreset}`, wholeNumber('--trials'))
    .option('--epochs <n>', `epochs of every trial that is not stopped early ${fromPreset}`, wholeNumber('--epochs'))
    .option('--seeds <n>', `trainings of the best parameters of every search ${fromPreset}`, wholeNumber('--seeds'))
    .option('--train-limit <n>', `training images ${fromPreset}`, wholeNumber('--train-limit'))
    .option('--hidden <units>', `hidden layers, such as 512,512 ${fromPreset}`, wholeNumbers('--hidden'))
    .option(
      '--batch-sizes <sizes>',
      `what batch sizes are chosen from, such as 32,64 ${fromPreset}`,
      wholeNumbers('--batch-sizes'),
    )
    .option(
      '--data <dir>',
      "folder of MNIST's files (default: GRADWERK_DATA, else the user's cache; downloaded if missing)",
    )
    .option('--out <dir>', 'folder in which every run gets a folder of its own (default: "runs")')
    .option('--resume <dir>', 'the folder of a run to go on with; --trials and --seeds may ask for more')
    .option('--workers <n>', 'trials at a time (from 1; default: as many as there are cores)', wholeNumber('--workers'))
    .option('--json', 'print the summary as JSON instead of the tables; progress goes to stderr either way')
    .action(start)
}

export async function tuneAndReport(
  options: TuneOptions,
  stdout: Output,
  stderr: Output,
  signal: AbortSignal,
): Promise<void> {
  const { summary, folder } = await tune(await tunePlan(options), stderr, signal)
  if (options.json === true) {
    stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
    return
  }
  const style = styleFor(stdout)
  const lines = [
    style.bold(datasetLine(summary.dataset)),
    '',
    searchTable(summary, style),
    '',
    parameterTable(summary, style),
    '',
    ...tuneRemarks(summary, folder),
  ]
  stdout.write(`${lines.join('\n')}\n`)
}
