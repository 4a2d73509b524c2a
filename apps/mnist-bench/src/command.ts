// The command line.

import { GradwerkError } from '@gradwerk/core'
import { Command, CommanderError } from 'commander'
import { UsageError } from './errors.ts'
import { addFileCommands } from './files/command.ts'
import { interruptions } from './interruptions.ts'
import { listing } from './listing.ts'
import { fromPreset, list, percentage, wholeNumber, wholeNumbers } from './option-parsers.ts'
import type { Output } from './output.ts'
import { presets } from './presets.ts'
import { remarks } from './remarks.ts'
import { run } from './run.ts'
import { type RunOptions, settingsFrom } from './settings.ts'
import { styleFor } from './style.ts'
import { datasetLine, resultTable } from './table.ts'
import { addTuneCommand, tuneAndReport } from './tune/command.ts'

/** The program; what `run` was asked to do ends with an exit code. */
function program(stdout: Output, stderr: Output, started: (code: Promise<number>) => void): Command {
  const bench = new Command('bench')
    .description('Compares regularizers, initializers and normalization on MNIST, and exports the best model as ONNX.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError("(try 'bench --help', or a command's: 'bench run --help')")
  bench
    .command('run', { isDefault: true })
    .description('train, compare and export (what bench does without a command)')
    .option('--preset <name>', `what to run: ${presets.map(({ name }) => name).join(', ')}`, 'default')
    .option('--configurations <names>', "some of 'bench list', separated by commas (default: the preset's)", list)
    .option('--epochs <n>', `epochs of every trial, the final run included ${fromPreset}`, wholeNumber('--epochs'))
    .option('--seeds <n>', `trials of every configuration, with seeds 1 to n ${fromPreset}`, wholeNumber('--seeds'))
    .option(
      '--train-limit <n>',
      `training images at most; leaves out the final run on all ${fromPreset}`,
      wholeNumber('--train-limit'),
    )
    .option(
      '--hidden <units>',
      `hidden layers, such as 512,512, of perceptrons whose configuration does not name its own ${fromPreset}`,
      wholeNumbers('--hidden'),
    )
    .option('--batch-size <n>', `images in a training step ${fromPreset}`, wholeNumber('--batch-size'))
    .option(
      '--data <dir>',
      "folder of MNIST's files (default: GRADWERK_DATA, else the user's cache; downloaded if missing)",
    )
    .option('--out <dir>', 'folder in which every run gets a folder of its own', 'runs')
    .option(
      '--workers <n>',
      'trials at a time (from 1; default: as many as the cores have room for)',
      wholeNumber('--workers'),
    )
    .option('--threads <n>', `threads of ONNX Runtime in each trial ${fromPreset}`, wholeNumber('--threads'))
    .option(
      '--target <percent>',
      `end each trial at the first epoch with this validation accuracy, and tell the seconds to it; leaves out the final run (above 0, at most 100; default: the preset's)`,
      percentage('--target'),
    )
    .option('--json', 'print the summary as JSON instead of the table; progress goes to stderr either way', false)
    .action((options: RunOptions) =>
      started(interruptible(stderr, (signal) => runAndReport(options, stdout, stderr, signal))),
    )
  addTuneCommand(bench, (options) =>
    started(interruptible(stderr, (signal) => tuneAndReport(options, stdout, stderr, signal))),
  )
  addFileCommands(bench, stdout, started)
  bench
    .command('list')
    .description('list the configurations and the presets')
    .action(() => {
      stdout.write(listing())
    })
  return bench
}

/** Exit code 0, or that of a signal; what goes wrong after a signal is said, and no failure of its own. */
async function interruptible(stderr: Output, work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const interruption = interruptions()
  try {
    await work(interruption.signal)
    return interruption.exitCode() ?? 0
  } catch (error) {
    const code = interruption.exitCode()
    if (code === undefined) throw error
    stderr.write(`${messageOf(error)}\n`)
    return code
  } finally {
    interruption.end()
  }
}

async function runAndReport(options: RunOptions, stdout: Output, stderr: Output, signal: AbortSignal): Promise<void> {
  const { summary, folder } = await run(settingsFrom(options), stderr, signal)
  if (options.json === true) {
    stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
    return
  }
  const style = styleFor(stdout)
  const lines = [
    style.bold(datasetLine(summary.dataset)),
    '',
    resultTable(summary, style),
    '',
    ...remarks(summary),
    `Written to ${folder}`,
  ]
  stdout.write(`${lines.join('\n')}\n`)
}

function messageOf(error: unknown): string {
  return error instanceof GradwerkError
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
}

/** Commander takes an unknown word for an argument of the default command, which has none. */
function checkCommand({ commands }: Command, word = '-'): void {
  const names = [...commands.map((command) => command.name()), 'help']
  if (word.startsWith('-') || names.includes(word)) return
  throw new UsageError({
    who: 'bench',
    problem: 'there is no such command',
    expected: names.join(', '),
    got: `'${word}'`,
    hint: 'bench --help',
  })
}

/** Does what the arguments say and returns the exit code: 0, 1 for what failed, 2 for what was asked wrongly, 130 after Ctrl-C. */
export async function main(
  args: readonly string[],
  stdout: Output = process.stdout,
  stderr: Output = process.stderr,
): Promise<number> {
  let code = Promise.resolve(0)
  try {
    const bench = program(stdout, stderr, (started) => {
      code = started
    })
    checkCommand(bench, args[0])
    await bench.parseAsync([...args], { from: 'user' })
    return await code
  } catch (error) {
    // Commander has said what is wrong itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    stderr.write(`${messageOf(error)}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}
