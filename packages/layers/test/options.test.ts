import { OptionError, PluginError, revive } from '@gradwerk/core'
import * as layers from '@gradwerk/layers'
import { describe, expect, test } from 'vitest'

const { conv2d, dense, elu, leakyRelu, maxPool2d, relu, reshape, residual, sequential, softmax, uniformFanIn } = layers

describe('options', () => {
  test.each<[string, () => unknown, string]>([
    ['dense', () => dense(0), "option 'units' is not valid; expected number to be >0; got 0"],
    ['dense', () => dense(2.5), "option 'units' is not valid; expected int; got 2.5"],
    [
      'dense',
      () => dense(2, { regularizer: 0.1 as never }),
      "option 'regularizer' is not valid; expected a plugin of kind regularizer; got 0.1",
    ],
    [
      'dense',
      () => dense(2, { initializer: relu() as never }),
      "option 'initializer' is not valid; expected a plugin of kind initializer",
    ],
    ['dense', () => dense(2, { activation: 'relu' } as never), "unknown option 'activation'; expected one of units,"],
    [
      'conv2d',
      () => conv2d(2, {} as never),
      "option 'size' is not valid; expected a whole number ≥ 1 or [height, width]; got undefined",
    ],
    [
      'conv2d',
      () => conv2d(2, { size: 3, padding: 'full' as never }),
      "option 'padding' is not valid; expected 'valid', 'same', a whole number",
    ],
    ['maxPool2d', () => maxPool2d(0), "option 'size' is not valid; expected number to be >0; got 0"],
    ['leakyRelu', () => leakyRelu(-1), "option 'slope' is not valid; expected number to be >=0; got -1"],
    ['elu', () => elu(0), "option 'scale' is not valid; expected number to be >0; got 0"],
    ['softmax', () => softmax(0.5), "option 'axis' is not valid; expected int; got 0.5"],
    ['relu', () => relu({ slope: 1 } as never), "unknown option 'slope'"],
    ['reshape', () => reshape([-1, -1]), "option 'shape' is not valid; expected at most one length -1; got [-1,-1]"],
    [
      'sequential',
      () => sequential([relu as never]),
      "option 'layers.0' is not valid; expected a plugin of kind layer; got a function",
    ],
    ['residual', () => residual('relu' as never), "option 'branch' is not valid; expected a layer or a list of layers"],
    ['uniformFanIn', () => uniformFanIn({ low: 1 } as never), "unknown option 'low'"],
  ])('%s: what is wrong is said', (who, make, message) => {
    expect(make).toThrow(OptionError)
    expect(make).toThrow(`${who}: ${message}`)
  })

  test('a plain first value stands for the main option', () => {
    const same = (a: unknown, b: unknown) => expect(JSON.stringify(a)).toBe(JSON.stringify(b))
    same(dense(3, { useBias: false }), dense({ units: 3, useBias: false }))
    same(conv2d(3, { size: 2 }), conv2d({ filters: 3, size: 2 }))
    same(residual([relu()]), residual({ branch: [relu()] }))
    expect(leakyRelu(0.3).options).toEqual({ slope: 0.3 })
    expect(reshape([2, 3]).options).toEqual({ shape: [2, 3] })
    expect(maxPool2d([1, 2]).options).toEqual({ size: [1, 2], padding: 'valid', ceilMode: false, dilations: 1 })
  })

  test('are complete', () => {
    expect(leakyRelu().options).toEqual({ slope: 0.01 })
    expect(dense(3).options).toMatchObject({ units: 3, useBias: true, initializer: { name: 'uniformFanIn' } })
  })

  test('a whole model is made again from its JSON', () => {
    const model = sequential([
      conv2d(4, { size: 3 }),
      residual([relu()], { shortcut: conv2d(4, { size: 1 }) }),
      maxPool2d(2),
    ])
    const json = JSON.stringify(model)
    expect(JSON.stringify(revive(JSON.parse(json), layers))).toBe(json)
  })

  test('a model is not made again without the namespaces of its plugins', () => {
    const l2 = { kind: 'regularizer', name: 'l2', options: { strength: 1 } } as const
    expect(() => revive(JSON.parse(JSON.stringify(dense(2, { regularizer: l2 }))), layers)).toThrow(PluginError)
  })
})
