import { describe, expect, it } from 'vitest'
import { styleFor } from '../style.ts'
import { Board } from './board.ts'
import { drawn } from './live.ts'

const style = styleFor({ isTTY: false })

function board(groups: number, clock = () => 10): Board {
  const made = new Board(2, clock)
  for (let group = 0; group < groups; group++)
    for (const seed of [1, 2]) made.add({ group: `group-${group}`, seed, epochs: 4, work: 1 })
  return made
}

describe('Board', () => {
  it('estimates what is left by the speed so far', () => {
    const made = board(2)
    expect(made.left).toBeUndefined()
    for (const entry of made.entries.slice(0, 2)) entry.state = 'finished'
    expect(made.done).toBe(0.5)
    expect(made.left).toBeCloseTo(10)
  })

  it('knows that one long trial cannot be shared among workers', () => {
    const made = new Board(2, () => 10)
    for (const work of [1, 1, 10]) made.add({ group: 'a', seed: 1, epochs: 1, work })
    for (const entry of made.entries.slice(0, 2)) entry.state = 'finished'
    // Two workers did 0.2 a second, one does 0.1.
    expect(made.left).toBeCloseTo(100)
  })
})

describe('drawn', () => {
  it('shows a line for every running trial and the figures of what is done', () => {
    const made = board(3)
    const [first, second, third] = made.entries
    for (const entry of [first, second]) if (entry !== undefined) entry.state = 'failed'
    if (third !== undefined) {
      third.state = 'running'
      third.done = 0.5
      third.record = { epoch: 2, steps: 8, objective: 1, loss: 1, validation: { loss: 1, accuracy: 0.9512 } }
    }
    const lines = drawn(made, style, 40)
    expect(lines[0]).toContain('✘ group-0  2 of 2 without a result')
    expect(lines[1]).toContain('● group-1  0 of 2')
    expect(lines[2]).toMatch(/seed 1 {2}━{14}─{14} {2}epoch 2\/4 {2}validation 95.12 %/)
    expect(lines[3]).toContain('· group-2')
    expect(lines.at(-1)).toContain('2 of 6 trials · 0:10 · about')
  })

  it('fits a low terminal, with what runs first', () => {
    const made = board(30)
    const entry = made.entries.at(-1)
    if (entry !== undefined) entry.state = 'running'
    const lines = drawn(made, style, 12)
    expect(lines.length).toBeLessThan(12)
    expect(lines.join('\n')).toContain('● group-29')
  })
})
