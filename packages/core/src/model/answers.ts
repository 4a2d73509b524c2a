// What plugins return, looked at where it is used: plain JavaScript may return anything.

import type { Plugin } from '../contracts/plugin.ts'
import { PluginError } from '../errors.ts'
import { show } from '../options.ts'
import { formatShape, type Shape, sameShape } from '../tensor/shape.ts'
import { formatType, type Tensor } from '../tensor/tensor.ts'

function isTensor(x: unknown): x is Tensor {
  return typeof x === 'object' && x !== null && 'op' in x && 'inputs' in x && 'shape' in x && 'dtype' in x
}

/** What a message says about an answer: a tensor's type, else the value. */
function described(x: unknown): string {
  return isTensor(x) ? formatType(x) : show(x)
}

/** Throws a PluginError that names the plugin and the function whose answer is of no use. */
export function refuseAnswer(
  { kind, name }: Pick<Plugin, 'kind' | 'name'>,
  method: string,
  expected: string,
  got: unknown,
): never {
  throw new PluginError({
    who: `${kind} ${name}`,
    problem: `${method} gave something else`,
    expected,
    got: described(got),
  })
}

/** The tensor that a function of a plugin returned, of a given shape where one is given. Throws a PluginError for anything else. */
export function tensorOf(
  plugin: Pick<Plugin, 'kind' | 'name'>,
  method: string,
  answer: Tensor | undefined,
  shape?: Shape,
): Tensor {
  if (isTensor(answer) && (shape === undefined || sameShape(answer.shape, shape))) return answer
  const type = shape === undefined ? 'a tensor' : shape.length === 0 ? 'a scalar' : `a tensor ${formatShape(shape)}`
  return refuseAnswer(plugin, method, type, answer)
}

/** The tensors that a function of a plugin returned by name. Throws a PluginError where one of `names` is missing. */
export function tensorsOf(
  plugin: Pick<Plugin, 'kind' | 'name'>,
  method: string,
  answer: Readonly<Record<string, Tensor>> | undefined,
  names: readonly string[],
): Readonly<Record<string, Tensor>> {
  if (typeof answer !== 'object' || answer === null) return refuseAnswer(plugin, method, 'tensors by name', answer)
  for (const name of names) tensorOf(plugin, `${method} (${name})`, answer[name])
  return answer
}
