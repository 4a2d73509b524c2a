import { classCounts, DatasetUnavailableError } from '@gradwerk/datasets'
import { describe, expect, it } from 'vitest'
import { compact, loadSamples } from './samples.ts'

const options = { data: 'generated', train: 60, validation: 40 } as const

describe('loadSamples', () => {
  it('divides into parts with every class, that share no image', async () => {
    const { train, validation, test, everything, notice } = await loadSamples(options)
    expect([train, validation].map(({ indices }) => indices.length)).toEqual([60, 40])
    expect(classCounts(train)).toEqual(Array(10).fill(6))
    expect(everything.indices.length).toBeGreaterThan(60)
    expect(test.real).toBe(false)
    expect(notice).toContain('not MNIST')
    const images = (of: typeof train) => {
      const { inputs, indices } = compact(of)
      return Array.from(indices, (row) =>
        Buffer.from(inputs.data.slice(row * 784, (row + 1) * 784).buffer).toString('hex'),
      )
    }
    const held = new Set(images(validation))
    expect(images(everything).filter((image) => held.has(image))).toEqual([])
    const all = new Set(images(everything))
    expect(images(train).every((image) => all.has(image))).toBe(true)
  })

  it('gives the same parts every time', async () => {
    const [a, b] = await Promise.all([loadSamples(options), loadSamples(options)])
    const content = ({ train, validation, test, everything }: typeof a) =>
      [train, validation, test, compact(everything)].map(({ inputs, targets }) =>
        [inputs, targets].map(({ data }) => Buffer.from(data.buffer)),
      )
    expect(
      content(a)
        .flat()
        .every((bytes, i) => bytes.equals(content(b).flat()[i] ?? Buffer.of())),
    ).toBe(true)
  })

  it('says why it falls back to generated digits, and only where MNIST is not to be had', async () => {
    // A folder without the files and an aborted network: nothing leaves this machine.
    const signal = AbortSignal.abort(new Error('no network in tests'))
    const missing = loadSamples({ ...options, data: 'mnist', folder: '/nowhere/at/all', signal })
    await expect(missing).rejects.toThrow('no network in tests')
    await expect(missing).rejects.not.toBeInstanceOf(DatasetUnavailableError)
  })
})

describe('compact', () => {
  it('keeps the rows in order and nothing else', async () => {
    const { everything } = await loadSamples(options)
    const chosen = { ...everything, indices: Int32Array.of(7, 3) }
    const { inputs, targets, indices } = compact(chosen)
    expect(inputs.shape).toEqual([2, 28, 28])
    expect(indices).toEqual(Int32Array.of(0, 1))
    expect(inputs.data.slice(784)).toEqual(everything.inputs.data.slice(3 * 784, 4 * 784))
    expect(Array.from(targets.data, Number)).toEqual([7, 3].map((row) => Number(everything.targets.data[row])))
  })
})
