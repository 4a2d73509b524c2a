// The command line: which options there are, what is measured, what is written.

import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { writeAtomically } from '@gradwerk/trainer'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { loadWarning, machine, versions } from './machine.ts'
import { measureAlone, measurePair } from './measure.ts'
import { startGradwerk } from './peers/gradwerk.ts'
import { peers } from './peers/index.ts'
import type { Job } from './peers/peer.ts'
import { aloneRow, type Circumstances, lossWarning, pairedRow, type Row, type Setting } from './row.ts'
import { legend, table } from './table.ts'
import { writeWork } from './work-file.ts'
import { isOptimizerName, type OptimizerName, optimizerNames, type Work, workNames, workOf, works } from './works.ts'

/** The outside world of the command. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv
  readonly print: (text: string) => void
  /** Progress and warnings. */
  readonly note: (text: string) => void
}

interface Options {
  readonly works: readonly Work[]
  readonly threads: readonly number[]
  /** Each work's own unless given. */
  readonly optimizers?: readonly OptimizerName[]
  readonly rounds: number
  readonly json?: string
}

function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= from && number <= to) return number
    throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`)
  }
}

function list<T>(one: (text: string) => T): (text: string) => T[] {
  return (text) => [...new Set(text.split(',').map((part) => one(part.trim())))]
}

function work(text: string): Work {
  if (workNames.includes(text)) return workOf(text)
  throw new InvalidArgumentError(`Expected one or more of ${workNames.join(', ')}.`)
}

function optimizer(text: string): OptimizerName {
  if (isOptimizerName(text)) return text
  throw new InvalidArgumentError(`Expected one or more of ${optimizerNames.join(', ')}.`)
}

const workHelp = works
  .map(({ name, description, optimizers }) => `  ${name}: ${description}; ${optimizers.join(', ')}`)
  .join('\n')

/** The command, which hands its options to `act`. */
function command({ print, note }: Surroundings, act: (options: Options) => Promise<void>): Command {
  return new Command('peers')
    .description('Measures the step time of trainings side by side with other frameworks.')
    .addOption(
      new Option('--works <list>', `what to measure: ${workNames.join(', ')}`)
        .argParser(list(work))
        .default(works.slice(0, 1), works[0]?.name),
    )
    .option(
      '--threads <list>',
      'numbers of threads to measure with',
      list(wholeNumber(1, 256)),
      availableParallelism() === 1 ? [1] : [1, 2],
    )
    .option('--optimizers <list>', `${optimizerNames.join(', ')} (default: those of each work)`, list(optimizer))
    .option('--rounds <n>', 'interleaved blocks of steps for each row', wholeNumber(1, 10_000), 20)
    .option('--json <file>', 'also write the rows to a file')
    .addHelpText(
      'after',
      `\nWorks and their optimizers:\n${workHelp}\n\nPyTorch is measured with the first python3 on the PATH that has it, or with the one that GRADWERK_PYTHON names.`,
    )
    .allowExcessArguments(false)
    .configureOutput({ writeOut: (text) => print(text.trimEnd()), writeErr: (text) => note(text.trimEnd()) })
    .exitOverride()
    .action(act)
}

interface Rival {
  readonly name: string
  readonly installation: Exclude<Awaited<ReturnType<(typeof peers)[number]['find']>>, string>
}

/** The peers that are here; says what is missing. */
async function rivalsHere({ environment, note }: Surroundings): Promise<Rival[]> {
  const rivals: Rival[] = []
  for (const { name, find } of peers) {
    const installation = await find(environment)
    if (typeof installation === 'string') note(installation)
    else rivals.push({ name, installation })
  }
  return rivals
}

async function measureSetting(
  setting: Setting,
  rivals: readonly Rival[],
  job: Job,
  circumstances: Circumstances,
  note: (text: string) => void,
): Promise<Row[]> {
  const { work, optimizer, threads, warmUpSteps, timedSteps } = setting
  const { rounds } = circumstances
  const block = { warmUp: warmUpSteps, steps: timedSteps }
  const progress = (against: string) => {
    note(
      `${work}, ${optimizer}, ${threads} thread${threads === 1 ? '' : 's'}${against}: ${rounds} round${rounds === 1 ? '' : 's'}`,
    )
    return { rounds, block, onRound: () => undefined }
  }
  if (rivals.length === 0)
    return [aloneRow(setting, await measureAlone(startGradwerk, job, progress('')), circumstances)]
  const rows: Row[] = []
  for (const { name, installation } of rivals) {
    const times = await measurePair(startGradwerk, installation.start, job, progress(`, beside ${name}`))
    rows.push(pairedRow(setting, { peer: name, peerBuild: installation.build }, times, circumstances))
  }
  return rows
}

/** The folder is removed afterwards, also when the user interrupts. */
async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gradwerk-peers-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    return await use(folder)
  } finally {
    process.off('exit', remove)
    remove()
  }
}

/** One row for each optimizer, number of threads and peer. */
async function measureWork(
  work: Work,
  { threads: counts, optimizers = work.optimizers }: Options,
  rivals: readonly Rival[],
  circumstances: Circumstances,
  note: (text: string) => void,
): Promise<Row[]> {
  const { name, batch, learningRates } = work
  return await inTemporaryFolder(async (folder) => {
    const workFile = join(folder, 'work.safetensors')
    const { stepsPerCall, warmUp: warmUpSteps, timed: timedSteps } = await writeWork(workFile, work)
    const rows: Row[] = []
    for (const optimizer of optimizers)
      for (const threads of counts) {
        const setting = { work: name, batch, optimizer, threads, stepsPerCall, warmUpSteps, timedSteps }
        const job = { workFile, optimizer, threads, learningRate: learningRates[optimizer] }
        rows.push(...(await measureSetting(setting, rivals, job, circumstances, note)))
      }
    return rows
  })
}

async function measureAll(options: Options, surroundings: Surroundings): Promise<void> {
  const { works, rounds, json } = options
  const { print, note, environment } = surroundings
  const circumstances = { rounds, machine: machine(), versions: versions(), date: new Date().toISOString() }
  const rivals = await rivalsHere(surroundings)
  const rows: Row[] = []
  for (const work of works) rows.push(...(await measureWork(work, options, rivals, circumstances, note)))
  print(`${table(rows)}\n${legend(rows)}`)
  const warnings = [
    loadWarning(circumstances.machine),
    ...rivals.flatMap(({ installation }) => installation.warnings),
    ...rows.map(lossWarning),
  ]
  for (const warning of warnings.filter((found) => found !== undefined)) note(`Warning: ${warning}`)
  if (json === undefined) return
  // Scripts of pnpm run in the workspace; INIT_CWD is where the user is.
  const file = resolve(environment['INIT_CWD'] ?? process.cwd(), json)
  await writeAtomically(file, `${JSON.stringify(rows, null, 2)}\n`)
  note(`${rows.length} rows written to ${file}`)
}

/** Runs the command; the exit code. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    await command(surroundings, (options) => measureAll(options, surroundings)).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    surroundings.note(error instanceof Error ? error.message : String(error))
    return 1
  }
}
