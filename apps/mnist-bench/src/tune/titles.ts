// Parameters as people read them.

import { decimal } from '../format.ts'
import type { Parameters } from './search.ts'

/** 'optimizer.learningRate.from' is the 'learning rate', 'regularizers.0.strength' the 'strength'. */
export function titleOf(path: string): string {
  const names = path.split('.').filter((name) => name !== 'from')
  return (names.at(-1) ?? path).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** Two digits that tell something: 0.031, 3.2e-5. */
export function valueText(value: unknown): string {
  if (typeof value !== 'number') return String(value)
  if (Number.isInteger(value)) return String(value)
  return value < 1e-3 ? value.toExponential(1) : value < 0.1 ? value.toPrecision(2) : decimal(value)
}

/** learning rate 0.031, batch size 64 */
export function parametersText(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([path, value]) => `${titleOf(path)} ${valueText(value)}`)
    .join(', ')
}
