// Operators that give numbers which are known when a graph is read. No op of core: they come with others in graphs of several nodes.

import { constant, filled, type Tensor, valueOf } from '@gradwerk/core'
import { LeftOut } from '../left-out.ts'
import { valueOfMessage } from '../messages.ts'
import type { NodeCall } from '../node-call.ts'
import { list, type Operators, operator } from './operator.ts'

function fixed(call: NodeCall): Tensor {
  const tensor = call.message('value')
  if (tensor !== undefined) return constant(valueOfMessage(tensor))
  const [ints, floats] = [call.ints('value_ints'), call.floats('value_floats')]
  if (ints !== undefined) return list('int64', ints)
  if (floats !== undefined) return list('float32', floats)
  if (call.has('value_int')) return constant(valueOf('int64', [], [call.int('value_int', 0)]))
  if (call.has('value_float')) return constant(valueOf('float32', [], [call.float('value_float', 0)]))
  throw new LeftOut('a constant that is not a tensor')
}

function constantOfShape(call: NodeCall): Tensor {
  const tensor = call.message('value')
  const { dtype, data } = tensor === undefined ? filled('float32', [1], 0) : valueOfMessage(tensor)
  return constant(filled(dtype, call.numbers(0) ?? [], Number(data[0])))
}

/** The lengths of the input, which are known. */
function shape(call: NodeCall): Tensor {
  const { shape: lengths } = call.tensor(0)
  const place = (i: number) => Math.min(Math.max(i < 0 ? i + lengths.length : i, 0), lengths.length)
  const [start, end] = [place(call.int('start', 0)), place(call.int('end', lengths.length))]
  return list('int64', lengths.slice(start, Math.max(start, end)))
}

function range(call: NodeCall): Tensor {
  const [start, limit, delta] = [0, 1, 2].map((i) => call.numbers(i)?.[0]) as [number, number, number]
  const length = Math.max(0, Math.ceil((limit - start) / delta))
  return list(
    call.tensor(0).dtype,
    Array.from({ length }, (_, i) => start + i * delta),
  )
}

export const constants: Operators = {
  Constant: operator('', fixed),
  ConstantOfShape: operator('', constantOfShape),
  Range: operator('', range),
  Shape: operator('', shape),
  Size: operator('', (call) => constant(valueOf('int64', [], [call.tensor(0).shape.reduce((a, b) => a * b, 1)]))),
}
