import { describe, expect, it } from 'vitest'
import { Board } from '../progress/board.ts'
import { styleFor } from '../style.ts'
import { tuneLook } from './look.ts'
import { Rows } from './rows.ts'

const style = styleFor({ isTTY: false })
const paths = ['optimizer.learningRate.from', 'batchSize', 'regularizers.0.strength', 'model.dropout.dropProbability']

/** Two searches of 30 trials each: the first of one is through, the second of it pruned, the third runs. */
function rows(): Rows {
  const board = new Board(1, () => 10)
  for (const group of ['l2 random 1', 'dropout random 1'])
    for (let seed = 0; seed < 30; seed++) board.add({ group, seed, epochs: 8, work: 1 })
  const made = new Rows(board)
  const begin = (number: number, strength: number) =>
    made.begin('l2 random 1', `trial ${number}`, {
      [paths[0] ?? '']: 0.0312,
      batchSize: 64,
      [paths[2] ?? '']: strength,
    })
  const [first, second, third] = [begin(0, 1e-5), begin(1, 1e-3), begin(2, 2e-6)]
  Object.assign(first.entry, { state: 'finished' })
  Object.assign(first, { epoch: 8, accuracy: 0.9512 })
  Object.assign(second.entry, { state: 'pruned' })
  Object.assign(second, { epoch: 1, accuracy: 0.5 })
  Object.assign(third.entry, { state: 'running', done: 0.5 })
  Object.assign(third, { epoch: 4, accuracy: 0.9 })
  return made
}

describe('the look of searches', () => {
  it('shows a line for every search and a row for every trial, the newest first', () => {
    const lines = tuneLook(rows(), paths).drawn(style, 24)
    expect(lines[0]).toBe('  ● l2 random 1        2 of 30  best 95.12 %')
    expect(lines[1]).toBe('  · dropout random 1   0 of 30')
    expect(lines[3]).toMatch(/^ +search +learning rate +batch size +strength +drop probability +epoch +validation$/)
    expect(lines[4]).toMatch(/^ {2}● +l2 random 1 +trial 2 +0\.031 +64 +2\.0e-6 +4\/8 +90\.00 %$/)
    expect(lines[5]).toMatch(/^ {2}✂ +l2 random 1 +trial 1 +0\.031 +64 +0\.0010 +1\/8 +50\.00 %$/)
    expect(lines[6]).toMatch(/^ {2}✔ +l2 random 1 +trial 0 +0\.031 +64 +1\.0e-5 +8\/8 +95\.12 %$/)
    expect(lines.at(-1)).toContain('2 of 60 trials · 0:10 · about')
  })

  it('fits a low terminal, with what runs', () => {
    for (const height of [4, 6, 8, 10]) {
      const lines = tuneLook(rows(), paths).drawn(style, height, 'Stopping …')
      expect(lines.length).toBeLessThan(Math.max(5, height))
      if (height === 10) expect(lines.join('\n')).toContain('trial 2')
    }
  })

  it('says in a line how a trial ended', () => {
    const made = rows()
    const [first, second, third] = made.all
    const line = tuneLook(made, paths).line
    expect(first && line(first)).toMatch(
      /^\[ 2\/60\] l2 random 1, trial 0: validation 95\.12 % after 8 epochs \(learning rate 0\.031, batch size 64, strength 1\.0e-5\); about /,
    )
    expect(second && line(second)).toContain('trial 1: pruned, validation 50.00 % after 1 epoch (')
    if (third !== undefined) third.diverged = true
    expect(third && line(third)).toContain('trial 2: diverged, validation 90.00 % after 4 epochs (')
  })
})
