import { expect, test } from 'vitest'
import { buildOf, pytorch, warningsOf } from './pytorch.ts'

const description = {
  torch: '1.13.0',
  python: '3.11.2',
  mkldnn: 'v2.6.3',
  mkl: false,
  openmp: true,
  capability: 'AVX2',
  blas: 'libopenblasp-r0.3.21.so',
}

test('a build names everything that decides the speed', () => {
  expect(buildOf(description)).toBe(
    'PyTorch 1.13.0, oneDNN v2.6.3, BLAS libopenblasp-r0.3.21.so, AVX2 kernels, OpenMP, Python 3.11.2',
  )
  expect(buildOf({ ...description, mkldnn: false, mkl: true, capability: null, openmp: false })).toContain(
    'without oneDNN, MKL, BLAS libopenblasp-r0.3.21.so, unknown kernels, no OpenMP',
  )
})

test('the reference BLAS is no fair opponent', () => {
  expect(warningsOf(description)).toEqual([])
  expect(warningsOf({ blas: 'libblas.so.3.11.0' })).toHaveLength(1)
})

test('without a Python that has PyTorch there is a sentence', async () => {
  expect(await pytorch.find({ PATH: '' })).toContain('GRADWERK_PYTHON')
  expect(await pytorch.find({ GRADWERK_PYTHON: '/no/such/python3' })).toContain('/no/such/python3')
})

test('a python3 without PyTorch is passed over', async () => {
  // Node refuses the script, as a Python without torch does.
  expect(await pytorch.find({ GRADWERK_PYTHON: process.execPath })).toContain('no Python with PyTorch')
})
