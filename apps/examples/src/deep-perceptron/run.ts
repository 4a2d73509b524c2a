// The command: measures, draws, and writes the page.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Dataset } from '@gradwerk/core'
import { generatedDigits, mnist, stratifiedTake } from '@gradwerk/datasets'
import { withPart } from '../shared/page.ts'
import { svgOf } from '../shared/plot.ts'
import { accuracyFigure, lossFigure, statisticsFigure } from './figures.ts'
import { defaultPlan, trainingSamples } from './plan.ts'
import { measureAll, type Results } from './results.ts'
import { summary } from './tables.ts'

const page = new URL('../../../../docs/examples/deep-perceptron.md', import.meta.url)

async function samples(folder: string | undefined): Promise<Dataset> {
  if (folder === undefined) return generatedDigits({ train: trainingSamples, test: 10, seed: 1 }).train
  return stratifiedTake((await mnist({ folder })).train, trainingSamples, 1)
}

/**
 * Options: `--data <folder>` takes MNIST instead of generated digits, `--out <folder>` is where page, figures and results.json go, `--from
 * <results.json>` draws what was measured before.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { data: { type: 'string' }, out: { type: 'string' }, from: { type: 'string' } },
  })
  const { data, from, out = 'runs/examples/deep-perceptron' } = values
  const started = performance.now()
  const report = (message: string) =>
    console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${message}`)
  const results: Results =
    from === undefined
      ? await measureAll(defaultPlan(await samples(data)), report)
      : JSON.parse(readFileSync(from, 'utf8'))
  mkdirSync(out, { recursive: true })
  const figures = {
    'deep-perceptron-relu.svg': statisticsFigure(results.cells, 'relu'),
    'deep-perceptron-tanh.svg': statisticsFigure(results.cells, 'tanh'),
    'deep-perceptron-loss.svg': lossFigure(results.cells),
    'deep-perceptron-accuracy.svg': accuracyFigure(results.cells),
  }
  for (const [name, figure] of Object.entries(figures)) writeFileSync(join(out, name), await svgOf(figure))
  const text = summary(results)
  writeFileSync(join(out, 'deep-perceptron.md'), withPart(readFileSync(page, 'utf8'), 'measured', text))
  // The committed page needs no more than its tables.
  if (from === undefined) writeFileSync(join(out, 'results.json'), `${JSON.stringify(results)}\n`)
  console.log(`${text}\n\nWritten to ${out}`)
}
