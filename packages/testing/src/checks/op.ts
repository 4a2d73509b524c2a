// What holds for ops and composites.

import {
  allocate,
  dynamic,
  evaluate,
  formatType,
  gradients,
  input,
  isFloat,
  mul,
  ShapeError,
  sizeOf,
  sum,
  type Tensor,
  type Value,
} from '@gradwerk/core'
import { CheckError, check } from '../errors.ts'
import { expanded } from '../expand.ts'
import { inFloat64, valuesInFloat64 } from '../float64.ts'
import { type ErrorSample, type OpSample, sampleFeeds, sampleTensors, sampleValues } from '../samples/sample.ts'
import { assertClose, assertSame, randomValue } from '../values.ts'
import { checkGradient } from './gradient.ts'

/** `matmul: [2, 3] · [3, 4]` */
export function nameOfSample({ op, title }: Pick<OpSample, 'op' | 'title'>): string {
  return `${op}: ${title}`
}

function assertValueType(value: Value, type: Tensor, who: string): void {
  check(formatType(value) === formatType(type), who, 'the kernel gives another type than the shape rule', {
    expected: formatType(type),
    got: formatType(value),
  })
  const { constructor } = allocate(type.dtype, 0)
  check(value.data.constructor === constructor, who, 'the kernel gives another array', {
    expected: constructor.name,
    got: value.data.constructor.name,
  })
  check(value.data.length === sizeOf(type.shape), who, 'the kernel does not fill the shape', {
    expected: String(sizeOf(type.shape)),
    got: String(value.data.length),
  })
}

/** The numbers have the type that was announced, in float32 and in float64, and computing them leaves the inputs alone. */
export function assertShapeRule(sample: OpSample): void {
  const who = nameOfSample(sample)
  const output = sample.build(...sampleTensors(sample))
  const feeds = sampleFeeds(sample)
  assertValueType(evaluate([output], feeds)[0] as Value, output, who)
  sampleValues(sample).forEach((value, i) => {
    assertSame(feeds[`x${i}`] as Value, value, `${who} changed input ${i}`)
  })
  const [wide] = inFloat64([output]) as [Tensor]
  assertValueType(evaluate([wide], valuesInFloat64(feeds))[0] as Value, wide, `${who} in float64`)
}

/** Where the expression can be built with dynamic leading axes, it gives the same numbers. */
export function assertDynamicAxes(sample: OpSample): void {
  const open = sampleTensors(sample, (shape) => (shape.length === 0 ? shape : shape.with(0, dynamic)))
  let output: Tensor
  try {
    output = sample.build(...open)
  } catch (error) {
    if (error instanceof ShapeError) return
    throw error
  }
  const who = `${nameOfSample(sample)}, with dynamic axes`
  const feeds = sampleFeeds(sample)
  const [got, wanted] = [output, sample.build(...sampleTensors(sample))].map((root) => evaluate([root], feeds)[0]) as [
    Value,
    Value,
  ]
  const fits =
    output.shape.length === got.shape.length &&
    output.shape.every((length, axis) => length === dynamic || length === got.shape[axis])
  check(fits, who, 'the numbers have another shape than announced', {
    expected: formatType(output),
    got: formatType(got),
  })
  assertSame(got, wanted, who)
}

/** First and second order against finite differences. */
export function assertOpGradient(sample: OpSample): void {
  checkGradient(sample.build, sampleValues(sample), { who: nameOfSample(sample) })
}

/** Whether a sample has a gradient to check. A sample that cannot be built counts, so that the check shows why. */
export function hasGradient(sample: OpSample): boolean {
  if (sample.gradient === false || !sample.inputs.some(({ dtype }) => isFloat(dtype))) return false
  try {
    return isFloat(sample.build(...sampleTensors(sample)).dtype)
  } catch {
    return true
  }
}

/** An expression with its composites whole, fused kernels and gradients included, equals the one in which they are taken apart. */
export function assertFusedEqualsComposed(sample: OpSample): void {
  const who = `${nameOfSample(sample)}, fused against composed`
  const tensors = sampleTensors(sample)
  const whole = sample.build(...tensors)
  const apart = expanded(whole)
  const feeds = sampleFeeds(sample)
  const [fused, composed] = evaluate([whole, apart], feeds) as [Value, Value]
  assertClose(
    fused,
    composed,
    isFloat(whole.dtype) && sample.exact !== true ? { largest: 1e-6, absolute: 1e-7 } : {},
    who,
  )
  const floats = tensors.filter(({ dtype }) => isFloat(dtype))
  if (!isFloat(whole.dtype) || floats.length === 0) return
  const cotangent = input('cotangent', whole.shape)
  const slopes = [whole, apart].flatMap((root) => gradients(sum(mul(root, cotangent)), floats))
  const values = evaluate(inFloat64(slopes), valuesInFloat64({ ...feeds, cotangent: randomValue(cotangent, 3) }))
  floats.forEach((_, i) => {
    assertClose(
      values[i] as Value,
      values[i + floats.length] as Value,
      { largest: 1e-10, absolute: 1e-12 },
      `${who}, gradient ${i}`,
    )
  })
}

/** A call is refused with the error and the words that are documented. */
export function assertRefuses(sample: ErrorSample): void {
  const who = nameOfSample(sample)
  let thrown: unknown
  try {
    evaluate([sample.build(...sampleTensors(sample))], sampleFeeds(sample))
  } catch (error) {
    thrown = error
  }
  if (thrown === undefined) throw new CheckError({ who, problem: 'it is not refused', expected: sample.error.name })
  if (!(thrown instanceof sample.error))
    throw new CheckError({
      who,
      problem: 'it is refused with another error',
      expected: sample.error.name,
      got: String(thrown),
      cause: thrown,
    })
  const missing = sample.says.filter((part) => !(thrown as Error).message.includes(part))
  check(missing.length === 0, who, 'its message does not say everything', {
    expected: missing.map((part) => `'${part}'`).join(' and '),
    got: (thrown as Error).message,
  })
}
