// The suite of augmentations on right ones, and what its checks refuse.

import {
  type Augmentation,
  add,
  constant,
  filled,
  flip,
  mean,
  mul,
  OptionError,
  oneHot,
  randomUniform,
  reference,
  reshape,
  scalar,
  slice,
  sub,
  type Tensor,
} from '@gradwerk/core'
import * as testing from '@gradwerk/testing'
import { describe, expect, test } from 'vitest'

const column = (key: Tensor, batch: number) =>
  reshape(slice(randomUniform(key, [2, batch]), [{ axis: 0, start: 0, end: 1 }]), [batch, 1, 1])

function augmentation(apply: Augmentation['apply']): Augmentation {
  return { kind: 'augmentation', name: 'fade', options: {}, apply }
}

/** Multiplies each sample by a number of its own. */
const right: Augmentation['apply'] = ({ inputs, targets }, key) => ({
  inputs: mul(inputs, column(key, inputs.shape[0] as number)),
  targets,
})

function fade(options: object = {}): Augmentation {
  const [unknown] = Object.keys(options)
  if (unknown !== undefined) throw new OptionError({ who: 'fade', problem: `unknown option '${unknown}'` })
  return augmentation(right)
}

/** Mixes every sample with the one at the other end of the batch. */
const mixing: Augmentation['apply'] = ({ inputs, targets }, key, { classes }) => {
  const share = column(key, 1)
  const mixed = (x: Tensor, of: Tensor) => add(mul(x, of), mul(flip(x, 0), sub(1, of)))
  const soft = targets.dtype === 'int32' ? oneHot(targets, classes) : targets
  return { inputs: mixed(inputs, share), targets: mixed(soft, reshape(share, [1, 1])) }
}

describe('right augmentations pass', () => {
  test('one that keeps targets', async () => {
    const plugin = fade()
    testing.assertAugmentation({ plugin })
    testing.assertSeeded({ plugin })
    testing.assertEachAlone({ plugin })
    testing.assertSameAugmentation({ plugin }, fade())
    await testing.assertAugmentsLikeReference({ plugin }, reference())
  })

  test('one that mixes them', () => {
    const plugin = augmentation(mixing)
    testing.assertAugmentation({ plugin, mixes: true })
    testing.assertSeeded({ plugin, mixes: true })
  })
})

const refused = (run: () => void, problem: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'CheckError', message: expect.stringContaining(problem) }))

describe('refused is', () => {
  test('another shape, and a number that is not finite', () => {
    refused(
      () =>
        testing.assertAugmentation({ plugin: augmentation((s) => ({ ...s, inputs: flip(s.inputs, 0) })), result: [9] }),
      'another shape',
    )
    refused(
      () =>
        testing.assertAugmentation({
          plugin: augmentation((s) => ({ ...s, inputs: mul(s.inputs, Number.POSITIVE_INFINITY) })),
        }),
      'not finite',
    )
  })

  test('a change of targets, and targets that are no probabilities', () => {
    const plugin = augmentation((s) => ({ ...s, targets: flip(s.targets, 0) }))
    refused(() => testing.assertAugmentation({ plugin }), 'targets')
    refused(() => testing.assertAugmentation({ plugin, mixes: true }), 'no rows of probabilities')
    const doubled = augmentation((s, key, scope) => {
      const mixed = mixing(s, key, scope)
      return { ...mixed, targets: mul(mixed.targets, 2) }
    })
    refused(() => testing.assertAugmentation({ plugin: doubled, mixes: true }), 'no probabilities')
  })

  test('a key that does nothing, or is not all', () => {
    let calls = 0
    refused(() => testing.assertSeeded({ plugin: augmentation((s) => s) }), 'other keys give the same samples')
    refused(
      () => testing.assertSeeded({ plugin: augmentation((s) => ({ ...s, inputs: mul(s.inputs, ++calls) })) }),
      'the numbers differ',
    )
  })

  test('a sample that depends on the others', () => {
    const centred = augmentation((s) => ({ ...s, inputs: sub(s.inputs, mean(s.inputs)) }))
    refused(() => testing.assertEachAlone({ plugin: centred }), 'the numbers differ')
    const counted = augmentation(({ inputs, targets }, key) => ({
      inputs: mul(inputs, reshape(randomUniform(key, [inputs.shape[0] as number]), [-1, 1, 1])),
      targets,
    }))
    refused(() => testing.assertEachAlone({ plugin: counted }), 'the numbers differ')
  })

  test('another result when made again', () => {
    const other = augmentation(({ inputs, targets }) => ({ inputs: add(inputs, scalar(1)), targets }))
    refused(() => testing.assertSameAugmentation({ plugin: fade() }, other), 'the numbers differ')
  })

  test('a backend with other numbers', async () => {
    const off = {
      ...reference(),
      compile: async (parts: Parameters<ReturnType<typeof reference>['compile']>[0]) => {
        const inputs = constant(filled('float32', [5, 6, 5], 0))
        return reference().compile({ ...parts, outputs: { ...parts.outputs, inputs } })
      },
    }
    await expect(testing.assertAugmentsLikeReference({ plugin: fade() }, off)).rejects.toThrow('the numbers differ')
  })
})

describe('augmentationSuite', () =>
  testing.augmentationSuite(fade, [{ plugin: fade() }], { backends: { reference: reference() } }))
