// Made-up digits in the shape of MNIST, for where MNIST is not to be had.

import { type Dataset, fold, type Key, keyOf, parseOptions, randomStream, value } from '@gradwerk/core'
import { z } from 'zod'
import { arrayDataset } from '../dataset.ts'
import { writeDigit } from './handwriting.ts'
import { edge } from './ink.ts'

/** What `generatedDigits` takes; every option has a default. */
export interface GeneratedDigitsOptions {
  /** Training images, from 1. Default 10,000. */
  readonly train?: number
  /** Test images, from 1. Default 2,000. */
  readonly test?: number
  /** A whole number from 0 to 2^53 - 1; default 0. */
  readonly seed?: number
}

const optionsSchema = z.strictObject({
  train: z.int().min(1).default(10_000).meta({ description: 'training images' }),
  test: z.int().min(1).default(2_000).meta({ description: 'test images' }),
  seed: z.int().min(0).default(0).meta({ description: 'the seed of the images' }),
})

const classes = 10

/**
 * Images of digits drawn by a program: not real data (`real` is false), and not MNIST's difficulty. Image i depends on the seed and
 * on i alone, however many are made; every ten images in a row hold each digit once.
 *
 * Shapes: inputs uint8 [samples, 28, 28], bright on dark, scaled by 1/255 when gathered; targets uint8 [samples], classes 0 to 9.
 *
 * @throws OptionError for options outside their range.
 * @example
 * const { train, test } = generatedDigits({ train: 2_000, test: 500, seed: 1 })
 */
export function generatedDigits(options: GeneratedDigitsOptions = {}): { train: Dataset; test: Dataset } {
  const { train, test, seed } = parseOptions('generatedDigits', optionsSchema, options)
  const key = fold(keyOf(seed), 'generated-digits')
  return { train: digits(train, fold(key, 'train')), test: digits(test, fold(key, 'test')) }
}

function digits(count: number, key: Key): Dataset {
  const size = edge * edge
  const images = new Uint8Array(count * size)
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const digit = digitAt(i, key)
    labels[i] = digit
    writeDigit(images.subarray(i * size, (i + 1) * size), digit, randomStream(fold(key, i)))
  }
  return arrayDataset({
    name: 'generated-digits',
    real: false,
    inputs: value('uint8', [count, edge, edge], images),
    targets: value('uint8', [count], labels),
    classes,
  })
}

/** The digit of image i: its place in a random order of the ten digits, one order for every ten images. */
function digitAt(i: number, key: Key): number {
  const order = Uint8Array.from({ length: classes }, (_, digit) => digit)
  const shuffled = randomStream(fold(fold(key, 'order'), Math.floor(i / classes))).shuffle(order)
  return shuffled[i % classes] ?? 0
}
