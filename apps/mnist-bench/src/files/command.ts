// The command lines of `bench export` and `bench verify`.

import type { ValueDifference } from '@gradwerk/backend-ort'
import type { Dataset } from '@gradwerk/core'
import { exportOnnx, newestOpset, oldestOpset } from '@gradwerk/onnx'
import { writeAtomically } from '@gradwerk/trainer'
import type { Command } from 'commander'
import { UsageError } from '../errors.ts'
import { count, decimal, percent, plural } from '../format.ts'
import type { Output } from '../output.ts'
import { loadSamples } from '../samples.ts'
import { userPath } from '../settings.ts'
import { openTable } from '../table.ts'
import { checkFile, type FileCheck } from './check-file.ts'
import { type ModelFile, modelFile, readModelFile, readRun } from './model-file.ts'

interface DataOptions {
  readonly data?: string
}

interface ExportOptions extends DataOptions {
  readonly out: string
  readonly verify: boolean
  readonly opset?: number
  readonly fp16: boolean
  readonly preprocess: boolean
}

const dataHelp = "folder of MNIST's files (default: GRADWERK_DATA, else the user's cache; downloaded if missing)"

/** Adds the commands; `start` is called with the work, which ends with an exit code: 1 where a file does not compute what it should. */
export function addFileCommands(bench: Command, stdout: Output, start: (work: Promise<number>) => void): void {
  bench
    .command('export')
    .description('write the best model of a run in another form')
    .argument('<run>', 'the folder of a run')
    .requiredOption('--out <file>', 'the ONNX file to write')
    .option('--verify', 'check the file in onnxruntime-node, on random samples and every test image', false)
    .option('--opset <n>', 'version of the ONNX operator set (17 to 26; default: 21)', operatorSet)
    .option('--fp16', 'weights of half precision', false)
    .option('--preprocess', 'the file takes the bytes of images and scales them itself', false)
    .option('--data <dir>', dataHelp)
    .action((run: string, options: ExportOptions) => start(exportRun(run, options, stdout)))
  bench
    .command('verify')
    .description('check a model file of the bench in onnxruntime-node, on random samples and every test image')
    .argument('<file>', 'the ONNX file')
    .option('--data <dir>', dataHelp)
    .action((file: string, options: DataOptions) => start(verifyFile(file, options, stdout)))
}

function operatorSet(text: string): number {
  const opset = Number(text)
  if (Number.isInteger(opset) && opset >= oldestOpset && opset <= newestOpset) return opset
  throw new UsageError({
    who: 'bench',
    problem: "option '--opset' is not valid",
    expected: `a whole number from ${oldestOpset} to ${newestOpset}`,
    got: `'${text}'`,
  })
}

async function exportRun(run: string, options: ExportOptions, stdout: Output): Promise<number> {
  const { model, metadata } = await readRun(userPath(run))
  const { inputScale = 1, ...rest } = metadata
  const bytes = await exportOnnx(model, {
    ...(options.opset === undefined ? {} : { opset: options.opset }),
    float16: options.fp16,
    ...(options.preprocess ? { preprocess: { scale: inputScale } } : {}),
    metadata: { ...rest, inputScale },
  })
  const path = userPath(options.out)
  const file = await modelFile(path, bytes)
  // Rounded weights are another model, which the file holds itself.
  const trained = options.fp16 ? file.model : model
  const checked = options.verify ? await checkFile(file, await testImages(file, options), trained) : undefined
  await writeAtomically(path, bytes)
  stdout.write(`${path}: ${count(bytes.length)} bytes, operator set ${file.opset}\n`)
  return checked === undefined ? 0 : report(file, checked, stdout)
}

async function verifyFile(name: string, options: DataOptions, stdout: Output): Promise<number> {
  const file = await readModelFile(userPath(name))
  return report(file, await checkFile(file, await testImages(file, options)), stdout)
}

/** The test images of what the model was trained on. */
async function testImages({ metadata: { dataset } }: ModelFile, { data }: DataOptions): Promise<Dataset> {
  const { test } = await loadSamples({
    data: dataset?.real === false ? 'generated' : 'mnist',
    ...(data === undefined ? {} : { folder: userPath(data) }),
    train: 10,
    validation: 10,
  })
  return test
}

function report({ metadata: { dataset } }: ModelFile, checked: FileCheck, stdout: Output): number {
  const { verification, images, differentPredictions, testAccuracy } = checked
  const { outputs, intermediates, firstDifferent, batchSizes, runtime } = verification
  const table = openTable(['', 'largest difference', 'largest number'])
  table.push(['', 'largest difference', 'largest number'])
  for (const { name, maxAbsDifference, largest } of outputs)
    table.push([name, maxAbsDifference.toExponential(1), decimal(largest)])
  const most = (of: (value: ValueDifference) => number) => Math.max(0, ...intermediates.map(of))
  const inside = most(({ maxAbsDifference }) => maxAbsDifference).toExponential(1)
  table.push([plural(intermediates.length, 'node'), inside, decimal(most(({ largest }) => largest))])
  const agreement =
    differentPredictions === 0
      ? `the same prediction as the trainer for all ${plural(images, 'test image')}`
      : `another prediction than the trainer for ${count(differentPredictions)} of ${plural(images, 'test image')}`
  const lines = [
    table.toString(),
    `Random batches of ${batchSizes.join(', ')} and ${plural(images, 'test image')}, onnxruntime-node ${runtime}.`,
    ...(dataset?.real === false ? [`The images are ${dataset.name}, NOT MNIST.`] : []),
    verification.passed
      ? 'Every output is within 1e-5 of its largest number.'
      : `The first value beyond 1e-5 of its largest number: ${firstDifferent}.`,
    `${agreement[0]?.toUpperCase()}${agreement.slice(1)}; ${percent(testAccuracy)} are right.`,
  ]
  stdout.write(`${lines.join('\n')}\n`)
  return verification.passed && differentPredictions === 0 ? 0 : 1
}
