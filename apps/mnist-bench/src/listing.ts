// What `bench list` prints.

import { configurations } from './configurations.ts'
import { type Preset, presets } from './presets.ts'
import { type TunePreset, tunePresets } from './tune/presets.ts'

interface Named {
  readonly name: string
  readonly description: string
}

/** Configurations and presets, and what the options of `bench run` and `bench tune` are unless given. */
export function listing(): string {
  const width = Math.max(...[...configurations, ...presets, ...tunePresets].map(({ name }) => name.length))
  const lines = <Of extends Named>(title: string, of: readonly Of[], text: (one: Of) => string) =>
    `${title}\n${of.map((one) => `  ${one.name.padEnd(width)}  ${text(one)}\n`).join('')}`
  const described = ({ description }: Named) => description
  return [
    lines('Configurations', configurations, described),
    lines('Presets', presets, described),
    lines('Their numbers', presets, numbersOf),
    lines('Presets of bench tune', tunePresets, described),
    lines('Their numbers', tunePresets, tuneNumbersOf),
  ].join('\n')
}

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

function tuneNumbersOf({ searches, trials, epochs, seeds, train, hidden, batchSizes }: TunePreset): string {
  const numbers = `searches ${searches}, trials ${trials}, epochs ${epochs}, seeds ${seeds}`
  return `${numbers}, train-limit ${train}, hidden ${hidden}, batch-sizes ${batchSizes}`
}
