// Searches of a sampler on standard functions, beside Optuna's.
// npx tsx bench/samplers.ts --sampler tpe --seeds 50 --evaluations 100 [--functions branin,mixed] [--options '{"prior":1}'] [--first 0]

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Sampler } from '@gradwerk/core'
import { searchWith } from '@gradwerk/testing'
import * as tuners from '../src/index.ts'
import { comparer, holm, quantile, quartilesOf } from './compare.ts'
import { problems } from './functions.ts'

interface Baseline {
  readonly runs: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number[]>>>>>>>
  >
}

const { values: given } = parseArgs({
  options: {
    sampler: { type: 'string', default: 'tpe' },
    seeds: { type: 'string', default: '50' },
    evaluations: { type: 'string', default: '100' },
    functions: { type: 'string', default: problems.map(({ name }) => name).join(',') },
    options: { type: 'string', default: '{}' },
    first: { type: 'string', default: '0' },
  },
})
const [seeds, evaluations, first] = [given.seeds, given.evaluations, given.first].map(Number) as [
  number,
  number,
  number,
]
const factory: unknown = Reflect.get(tuners, given.sampler)
if (typeof factory !== 'function') throw new Error(`no sampler ${given.sampler}`)
const sampler: Sampler = factory(JSON.parse(given.options))
const { runs }: Baseline = JSON.parse(
  readFileSync(new URL('../test/golden/optuna-baseline.json', import.meta.url), 'utf8'),
)
const theirName = { bayesian: 'gp', gaussianProcess: 'gp', quasiRandom: 'qmc' }[given.sampler] ?? given.sampler
const at = [30, 100].filter((n) => n <= evaluations)
const compare = comparer(seeds, 20)

const show = (x: number) => (Math.abs(x) >= 1e5 ? x.toExponential(1) : x.toPrecision(3))
const cell = (quartiles: readonly number[], minimum: number) =>
  quartiles.map((q) => show(q - minimum).padStart(8)).join(' ')
const verdicts: { what: string; version: string; worse: number; better: number; place: number }[] = []

console.log(
  `${given.sampler} ${JSON.stringify(sampler.options)}: quartiles of the best value above the minimum, ${seeds} seeds`,
)
for (const problem of problems.filter(({ name }) => given.functions.split(',').includes(name))) {
  const searches = Array.from({ length: seeds }, (_, i) => searchWith(sampler, problem, first + i, evaluations))
  const milliseconds = quantile(
    searches.flatMap((search) => search.milliseconds.slice(-10)),
    0.5,
  )
  console.log(`\n${problem.name}: ${milliseconds.toFixed(2)} ms at ${evaluations} trials`)
  for (const n of at) {
    const ours = searches.map(({ best }) => best[n - 1] as number)
    console.log(`  ${String(n).padStart(3)} ${'gradwerk'.padEnd(15)}`, cell(quartilesOf(ours), problem.minimum))
    for (const [version, samplers] of Object.entries(runs)) {
      const theirs = samplers[theirName]?.[problem.name]?.[n]
      if (theirs === undefined) continue
      const result = compare(ours, theirs)
      verdicts.push({ what: `${problem.name} at ${n}`, version, ...result })
      const test = `p worse ${result.worse.toFixed(4)}, better ${result.better.toFixed(4)}`
      console.log(`      ${`Optuna ${version}`.padEnd(15)}`, cell(theirs, problem.minimum), test)
    }
  }
}

for (const version of new Set(verdicts.map((one) => one.version))) {
  const own = verdicts.filter((one) => one.version === version)
  const name = (flags: readonly boolean[]) =>
    own
      .filter((_, i) => flags[i])
      .map(({ what }) => what)
      .join(', ') || 'none'
  console.log(`\nagainst Optuna ${version}, at 5 % after Holm's correction for ${own.length} comparisons:`)
  console.log(`  worse: ${name(holm(own.map(({ worse }) => worse)))}`)
  console.log(`  better: ${name(holm(own.map(({ better }) => better)))}`)
  const mean = own.reduce((sum, { place }) => sum + place, 0) / own.length
  console.log(`  mean place among their quartiles: ${mean.toFixed(2)} (1.5: alike, 0: below their lowest quarter)`)
}
