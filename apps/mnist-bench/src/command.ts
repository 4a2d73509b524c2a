// The command line.

import { GradwerkError } from '@gradwerk/core'
import { Command, CommanderError } from 'commander'
import { configurations } from './configurations.ts'
import { UsageError } from './errors.ts'
import type { Output } from './output.ts'
import { type Preset, presets } from './presets.ts'
import { remarks } from './remarks.ts'
import { run } from './run.ts'
import { type RunOptions, settingsFrom } from './settings.ts'
import { styleFor } from './style.ts'
import { datasetLine, resultTable } from './table.ts'

function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number
    throw new UsageError({
      who: 'bench',
      problem: `option '${option}' is not valid`,
      expected: 'a whole number from 1',
      got: `'${text}'`,
    })
  }
}

function percentage(option: string): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (text.trim() !== '' && number > 0 && number <= 100) return number
    throw new UsageError({
      who: 'bench',
      problem: `option '${option}' is not valid`,
      expected: 'a number above 0, at most 100',
      got: `'${text}'`,
    })
  }
}

function list(text: string): string[] {
  return text.split(',').map((part) => part.trim())
}

function wholeNumbers(option: string): (text: string) => number[] {
  return (text) => list(text).map(wholeNumber(option))
}

const fromPreset = "(from 1; default: the preset's, see 'bench list')"

/** The program; what `run` was asked to do ends with an exit code. */
function program(stdout: Output, stderr: Output, started: (code: Promise<number>) => void): Command {
  const bench = new Command('bench')
    .description('Compares regularizers, initializers and normalization on MNIST, and exports the best model as ONNX.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError("(try 'bench --help' or 'bench run --help')")
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
    .action((options: RunOptions) => started(runAndReport(options, stdout, stderr)))
  bench
    .command('list')
    .description('list the configurations and the presets')
    .action(() => {
      stdout.write(listing())
    })
  return bench
}

function listing(): string {
  const entries = [...configurations, ...presets]
  const width = Math.max(...entries.map(({ name }) => name.length))
  const lines = (of: readonly { name: string; description: string }[]) =>
    of.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}\n`).join('')
  const numbers = presets.map((preset) => `  ${preset.name.padEnd(width)}  ${numbersOf(preset)}\n`).join('')
  return `Configurations\n${lines(configurations)}\nPresets\n${lines(presets)}\nTheir numbers\n${numbers}`
}

/** What the options of `bench run` are unless given. */
function numbersOf({ epochs, seeds, train, hidden, batchSize, threads, target }: Preset): string {
  const parts = [
    `epochs ${epochs}`,
    `seeds ${seeds}`,
    `train-limit ${train}`,
    `hidden ${hidden}`,
    `batch-size ${batchSize}`,
    `threads ${threads}`,
    ...(target === undefined ? [] : [`target ${Number((100 * target).toFixed(6))}`]),
  ]
  return parts.join(', ')
}

async function runAndReport(options: RunOptions, stdout: Output, stderr: Output): Promise<number> {
  const settings = settingsFrom(options)
  const interruption = interruptions()
  try {
    const { summary, folder } = await run(settings, stderr, interruption.signal)
    if (options.json === true) stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
    else {
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

const signals = { SIGINT: 130, SIGTERM: 143 } as const

/** The first signal ends the run cleanly, a later one at once. */
function interruptions(): { readonly signal: AbortSignal; exitCode(): number | undefined; end(): void } {
  const controller = new AbortController()
  let code: number | undefined
  let asked = 0
  const handlers = Object.entries(signals).map(([name, exitCode]) => {
    const handle = () => {
      // A terminal's Ctrl-C reaches every process of a command, and some of them pass it on: twice in a moment is once.
      if (code !== undefined && performance.now() - asked > 500) process.exit(exitCode)
      code ??= exitCode
      asked = performance.now()
      controller.abort()
    }
    process.on(name, handle)
    return { name, handle }
  })
  return {
    signal: controller.signal,
    exitCode: () => code,
    end() {
      for (const { name, handle } of handlers) process.off(name, handle)
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof GradwerkError
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
}

/** Does what the arguments say and returns the exit code: 0, 1 for what failed, 2 for what was asked wrongly, 130 after Ctrl-C. */
export async function main(
  args: readonly string[],
  stdout: Output = process.stdout,
  stderr: Output = process.stderr,
): Promise<number> {
  let code = Promise.resolve(0)
  try {
    await program(stdout, stderr, (started) => {
      code = started
    }).parseAsync([...args], { from: 'user' })
    return await code
  } catch (error) {
    // Commander has said what is wrong itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    stderr.write(`${messageOf(error)}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}
