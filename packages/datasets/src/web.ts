// Everything that needs no file system: for web pages.

export { type Dataset, type Split, stratifiedSplit, stratifiedTake } from '@gradwerk/core'
export { type Batch, type BatchesOptions, batches } from './batches.ts'
export { type ArrayDatasetOptions, arrayDataset, classCounts, subset, take } from './dataset.ts'
export { type GeneratedDigitsOptions, generatedDigits } from './digits/generated-digits.ts'
export { IdxError } from './errors.ts'
export { readIdx, writeIdx } from './idx.ts'
