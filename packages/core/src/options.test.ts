import { expect, test } from 'vitest'
import { z } from 'zod'
import { PluginError } from './errors.ts'
import { hyperparameterSchema, parseOptions, revive, show } from './options.ts'

const schema = z.strictObject({
  rate: z.number().min(0).max(1).optional(),
  mode: z.enum(['fanIn', 'fanOut']).optional(),
  strength: hyperparameterSchema(z.number().nonnegative()).optional(),
  either: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
  inner: z.strictObject({ path: z.string() }).optional(),
})

test.each([
  [{ rate: 'x' }, 'who: option \'rate\' is not valid; expected number; got "x"'],
  [{ rate: -1 }, "who: option 'rate' is not valid; expected number to be >=0; got -1"],
  [{ rate: 2 }, "who: option 'rate' is not valid; expected number to be <=1; got 2"],
  [{ mode: 'up' }, 'who: option \'mode\' is not valid; expected one of "fanIn"|"fanOut"; got "up"'],
  [{ strength: -1 }, "who: option 'strength' is not valid; expected number to be >=0; got -1"],
  [{ strength: 'x' }, 'who: option \'strength\' is not valid; expected a number or a schedule; got "x"'],
  [{ speed: 1 }, "who: unknown option 'speed'; expected one of rate, mode, strength, either, inner"],
  [{ rate: 'x', speed: 1 }, "who: unknown option 'speed'"],
  [{ inner: { pat: 'x' } }, "who: unknown option 'inner.pat'; expected one of path"],
  [{ either: null }, "who: option 'either' is not valid; expected string or Uint8Array; got null"],
  [{ inner: 3 }, "who: option 'inner' is not valid; expected object; got 3"],
])('%j: the message says once what was expected', (given, message) => {
  expect(() => parseOptions('who', schema, given)).toThrow(message)
})

const around: { inner?: unknown } = {}
around.inner = around

test.each<[unknown, string]>([
  [{ data: new Uint8Array(2 ** 29) }, '{"data":"Uint8Array(536870912)"}'],
  [[1n, 2], '["1n",2]'],
  [around, '[object Object]'],
  [Symbol('x'), 'Symbol(x)'],
  ['x'.repeat(99), `"${'x'.repeat(76)}…`],
])('anything has words: %#', (given, words) => {
  expect(show(given)).toBe(words)
})

test.each<[string, (options: object) => unknown, string]>([
  ['a plugin of another kind', (options) => ({ kind: 'loss', name: 'relu', options }), 'got loss relu'],
  ['something else', () => 3, 'got 3'],
  ['nothing', () => undefined, 'got undefined'],
])('a function that makes %s is no factory', (_, relu, got) => {
  const reviving = () => revive({ kind: 'layer', name: 'relu', options: {} }, { relu })
  expect(reviving).toThrow(PluginError)
  expect(reviving).toThrow(`revive: 'relu' makes no layer; expected a factory of a layer; ${got}`)
})
