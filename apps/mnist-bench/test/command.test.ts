import { access, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../src/command.ts'
import { configurationNames } from '../src/configurations.ts'
import { presets } from '../src/presets.ts'
import { tunePresets } from '../src/tune/presets.ts'
import { Text, temporaryFolder } from './child.ts'

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new Text(), new Text()]
  const code = await main(args, stdout, stderr)
  return { code, stdout: stdout.text, stderr: stderr.text }
}

describe('bench', () => {
  it('lists configurations and presets', async () => {
    const { code, stdout } = await bench('list')
    expect(code).toBe(0)
    for (const name of [
      ...configurationNames,
      ...presets.map(({ name }) => name),
      ...tunePresets.map(({ name }) => name),
    ])
      expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  })

  it('says what every number may be and what it is unless given', async () => {
    const help = (await bench('run', '--help')).stdout.replaceAll(/\s+/g, ' ')
    for (const option of ['epochs', 'seeds', 'train-limit', 'hidden', 'batch-size', 'workers', 'threads', 'target'])
      expect(help).toMatch(new RegExp(`--${option} <[^(]*\\((from 1|above 0, at most 100); default: `))
    const tune = (await bench('tune', '--help')).stdout.replaceAll(/\s+/g, ' ')
    for (const option of ['searches', 'trials', 'epochs', 'seeds', 'train-limit', 'hidden', 'batch-sizes', 'workers'])
      expect(tune).toMatch(new RegExp(`--${option} <[^(]*\\(from 1; default: `))
    const { stdout } = await bench('list')
    expect(stdout).toMatch(
      / default +epochs 12, seeds 3, train-limit 10000, hidden 320,128, batch-size 128, threads 1\n/,
    )
    expect(stdout).toMatch(/ default +searches 1, trials 24, epochs 8, seeds 5, train-limit 5000, hidden 320,128, /)
    expect(stdout).toMatch(/ fastest-99 +epochs .*, target 99.2\n/)
  })

  it.each([[['--help']], [['run', '--help']], [['tune', '--help']], [['list', '--help']]])(
    'explains %j',
    async (args) => {
      const { code, stdout, stderr } = await bench(...args)
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^Usage: bench/)
    },
  )

  it.each([
    [['run', '--configurations', 'l2,nope'], "there is no configuration 'nope'; expected one of none, l1"],
    [['nope'], 'there is no such command; expected run, tune'],
    [['--preset', 'nope'], "there is no preset 'nope'; expected one of default"],
    [['--epochs', '0'], "option '--epochs' is not valid; expected a whole number from 1; got '0'"],
    [['--seeds', '1.5'], "option '--seeds' is not valid; expected a whole number from 1; got '1.5'"],
    [['--hidden', '512,x'], "option '--hidden' is not valid; expected a whole number from 1; got 'x'"],
    [['--target', '0'], "option '--target' is not valid; expected a number above 0, at most 100; got '0'"],
    [['--target', '99%'], "option '--target' is not valid; expected a number above 0, at most 100; got '99%'"],
    [['tune', '--samplers', 'nope'], "there is no sampler 'nope'; expected one of grid, random"],
    [['tune', '--pruners', 'none,nope'], "there is no pruner 'nope'; expected one of none, asha"],
    [['tune', '--preset', 'lenet5'], "there is no preset 'lenet5'; expected one of default, smoke"],
    [
      ['tune', '--resume', '.', '--epochs', '3'],
      "--resume goes on with what was begun, and 'epochs' was given as well",
    ],
    [['--workers', '-1'], "option '--workers' is not valid; expected a whole number from 1; got '-1'"],
  ])('refuses %j in one line', async (args, message) => {
    const { code, stdout, stderr } = await bench(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it.each([[['run', '--nope']], [['list', 'nope']]])('refuses %j', async (args) => {
    const { code, stdout, stderr } = await bench(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: /)
  })

  it.each(['/dev/null/runs', '/proc/no-such/runs'])('says that it cannot write to %s', async (out) => {
    const { code, stderr } = await bench('--preset', 'smoke', '--out', out)
    expect(code).toBe(1)
    expect(stderr).toMatch(/: the folder cannot be written to \(E\w+: .*\); try another folder with --out\n$/)
  })

  it('says that there is nothing to resume', async () => {
    const folder = await temporaryFolder()
    const { code, stderr } = await bench('tune', '--resume', folder)
    expect(code).toBe(1)
    expect(stderr).toContain(`bench tune: there is no run to resume in ${folder} (ENOENT`)
    await writeFile(join(folder, 'summary.json'), '{"seconds": -1}')
    const damaged = await bench('tune', '--resume', folder)
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('seconds')])
  })

  it('leaves nothing behind when a file of MNIST is damaged', async () => {
    const [data, out] = [await temporaryFolder(), await temporaryFolder()]
    for (const name of ['train-labels-idx1-ubyte', 'train-images-idx3-ubyte'])
      await writeFile(join(data, name), 'not it')
    const { code, stderr } = await bench('run', '--data', data, '--out', out)
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('train-labels-idx1-ubyte')
    expect(await readdir(out)).toEqual([])
    await expect(access(join(out, 'runs'))).rejects.toThrow()
  })
})
