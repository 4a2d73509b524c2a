import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeModel, exportOnnxFiles } from '@gradwerk/onnx'
import { describe, expect, it } from 'vitest'
import { readModelFile } from '../src/files/model-file.ts'
import { bench, temporaryFolder } from './child.ts'

describe('bench export and bench verify', () => {
  it('write the model of a run in other forms, and find a changed one out', { timeout: 120_000 }, async () => {
    const folder = await temporaryFolder()
    const run = ['run', '--preset', 'smoke', '--configurations', 'batch-norm', '--hidden', '16,8', '--out', 'runs']
    expect((await bench(run, folder)).code).toBe(0)
    const [name] = await readdir(join(folder, 'runs'))
    const from = join('runs', name ?? '')

    const bytes = await bench(
      ['export', from, '--out', 'bytes.onnx', '--preprocess', '--opset', '18', '--verify'],
      folder,
    )
    expect([bytes.code, bytes.stderr]).toEqual([0, ''])
    expect(bytes.stdout).toMatch(/bytes.onnx: [\d,]+ bytes, operator set 18\n/)
    expect(bytes.stdout).toContain('The same prediction as the trainer for all 2,000 test images; ')
    expect(bytes.stdout).toContain('The images are generated-digits, NOT MNIST.')
    const { metadataProps } = decodeModel(await readFile(join(folder, 'bytes.onnx')))
    const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, JSON.parse(value)]))
    expect(metadata['gradwerk.preprocess']).toEqual({ scale: 1 / 255 })
    expect(metadata['gradwerk.classes']).toHaveLength(10)
    expect(metadata['gradwerk.dataset']).toMatchObject({ name: 'generated-digits', real: false })

    expect((await bench(['export', from, '--out', 'half.onnx', '--fp16'], folder)).code).toBe(0)
    const half = await bench(['verify', 'half.onnx'], folder)
    expect([half.code, half.stderr]).toEqual([0, ''])
    expect(half.stdout).toMatch(/^output +\S+e-\d+ +[\d.]+$/m)

    const { model, metadata: facts } = await readModelFile(join(folder, from, 'model.onnx'))
    const files = await exportOnnxFiles(model, { fileName: 'two.onnx', metadata: JSON.parse(JSON.stringify(facts)) })
    for (const [part, content] of Object.entries(files)) await writeFile(join(folder, part), content)
    const two = await bench(['verify', 'two.onnx'], folder)
    expect([two.code, two.stderr]).toEqual([0, ''])
    await rm(join(folder, 'two.onnx.data'))
    expect((await bench(['verify', 'two.onnx'], folder)).stderr).toContain('two.onnx.data: the file cannot be read')

    // Another operator in the place of the last rectifier: a sound file of another model.
    const file = await readFile(join(folder, from, 'model.onnx'))
    const operator = Buffer.from([0x22, 4, ...Buffer.from('Relu')])
    expect(file.includes(operator)).toBe(true)
    file.write('Tanh', file.lastIndexOf(operator) + 2)
    await writeFile(join(folder, 'changed.onnx'), file)
    const changed = await bench(['verify', 'changed.onnx'], folder)
    expect(changed.code).toBe(1)
    expect(changed.stdout).toMatch(/The first value beyond 1e-5 of its largest number: relu\S*\./)
  })

  it('refuse what they cannot do', async () => {
    const folder = await temporaryFolder()
    const missing = await bench(['export', 'nowhere', '--out', 'a.onnx'], folder)
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('there is no such folder')])
    const opset = await bench(['export', '.', '--out', 'a.onnx', '--opset', '99'], folder)
    expect([opset.code, opset.stderr]).toEqual([2, expect.stringContaining('expected a whole number from 17 to 26')])
    await writeFile(join(folder, 'not.onnx'), 'not it')
    const damaged = await bench(['verify', 'not.onnx'], folder)
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('not an ONNX model')])
    expect((await bench(['export', '.'], folder)).code).toBe(2)
    const unknown = await bench(['rum'], folder)
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('expected run, tune, export, verify, list'),
    ])
  })
})
