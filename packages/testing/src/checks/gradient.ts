// Gradients against central finite differences along random directions, in double precision (autograd's `test_util.py`).

import {
  add,
  constant,
  evaluate,
  gradients,
  input,
  isFloat,
  mul,
  scalar,
  sum,
  type Tensor,
  type Value,
  type Values,
  valueOf,
} from '@gradwerk/core'
import { CheckError } from '../errors.ts'
import { inFloat64, valueInFloat64, valuesInFloat64 } from '../float64.ts'
import { holdStopped } from '../substitute.ts'
import { doubles, randomValue } from '../values.ts'

export interface GradientCheckOptions {
  /** Random directions per order. Default 3. */
  readonly directions?: number
  /** Whether the gradient of the gradient is checked as well. Default true. */
  readonly second?: boolean
  /** Largest difference between the two derivatives, relative to 1 + their size. Default 1e-6. */
  readonly tolerance?: number
  /** Seed of the cotangent and the directions. Default 0. */
  readonly seed?: number
  /** Who complains. Default `checkGradient`. */
  readonly who?: string
}

/** Half of the widest interval of the finite differences; inputs must be farther than this from kinks. */
const reach = 1e-3

/** A float scalar of named float inputs. */
interface ScalarFunction {
  readonly output: Tensor
  readonly at: Values
  readonly variables: readonly Tensor[]
}

function nameOf({ op }: Tensor): string {
  return String(op.attributes.name)
}

/** at + step · direction, by name. */
function moved(at: Values, direction: Values, step: number): Values {
  const shifted = Object.entries(direction).map(([name, along]) => {
    const from = doubles(at[name] as Value)
    return [
      name,
      valueOf(
        'float64',
        along.shape,
        doubles(along).map((d, i) => (from[i] as number) + step * d),
      ),
    ] as const
  })
  return { ...at, ...Object.fromEntries(shifted) }
}

function directionOf(variables: readonly Tensor[], seed: number): Values {
  return Object.fromEntries(
    variables.map((x, i) => [nameOf(x), randomValue({ dtype: 'float64', shape: x.shape }, seed * 1009 + i)]),
  )
}

/** Σ over variables of ⟨gradient, direction⟩, as an expression. */
function inner(parts: readonly Tensor[], direction: readonly Value[]): Tensor {
  const products = parts.map((part, i) => sum(mul(part, constant(direction[i] as Value))))
  return products.reduce(add, scalar(0, 'float64'))
}

function numberAt(output: Tensor, at: Values): number {
  const [value] = evaluate([output], at)
  return Number(value?.data[0])
}

/** Compares ⟨gradient, direction⟩ with the slope of the function along the direction (central differences, extrapolated once). */
function compareSlopes(f: ScalarFunction, order: string, options: Required<GradientCheckOptions>): void {
  const derivatives = gradients(f.output, f.variables)
  const values = evaluate(derivatives, f.at)
  for (let i = 0; i < options.directions; i++) {
    const direction = directionOf(f.variables, options.seed + 31 * (i + 1))
    const given = values.reduce((total, derivative, k) => {
      const along = doubles(direction[nameOf(f.variables[k] as Tensor)] as Value)
      return doubles(derivative).reduce((sofar, g, j) => sofar + g * (along[j] as number), total)
    }, 0)
    const slope = (h: number) =>
      (numberAt(f.output, moved(f.at, direction, h)) - numberAt(f.output, moved(f.at, direction, -h))) / (2 * h)
    const measured = (4 * slope(reach / 4) - slope(reach / 2)) / 3
    const allowed = options.tolerance * (1 + Math.abs(given) + Math.abs(measured))
    if (Math.abs(given - measured) <= allowed) continue
    throw new CheckError({
      who: options.who,
      problem: `the ${order} gradient disagrees with finite differences along direction ${i}`,
      expected: `${measured.toPrecision(9)} ± ${allowed.toPrecision(2)}`,
      got: given.toPrecision(9),
    })
  }
}

/**
 * Checks the gradient of `f` at `inputs`: with a random cotangent c and s = Σ c · f(x), the slope of s along random directions must
 * be ⟨∇s, direction⟩; then the same for ⟨∇s, v⟩ as a function of x and c (second order). Everything runs in float64 on the reference
 * evaluator, whatever the element types of the inputs; inputs that are not floats, and what stands behind a `stopGradient` in `f`, are
 * held fixed. Throws a CheckError.
 */
export function checkGradient(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Value[],
  options: GradientCheckOptions = {},
): void {
  const settings = { directions: 3, second: true, tolerance: 1e-6, seed: 0, who: 'checkGradient', ...options }
  const given = inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype))
  const built = f(...given)
  if (!isFloat(built.dtype))
    throw new CheckError({ who: settings.who, problem: 'the output has no gradient', got: built.dtype })
  const [y, ...wide] = inFloat64([built, ...given]) as [Tensor, ...Tensor[]]
  const variables = wide.filter(({ dtype }) => isFloat(dtype))
  const c = input('cotangent', y.shape, 'float64')
  const cotangent = randomValue(c, settings.seed + 17)
  const at: Values = {
    ...valuesInFloat64(Object.fromEntries(inputs.map((value, i) => [`x${i}`, value]))),
    cotangent: valueInFloat64(cotangent),
  }
  const s = sum(mul(holdStopped(y, at), c))
  compareSlopes({ output: s, at, variables }, 'first', settings)
  if (!settings.second) return
  const v = variables.map((x, i) => randomValue({ dtype: 'float64', shape: x.shape }, settings.seed + 7919 + i))
  const slope = inner(gradients(s, variables), v)
  compareSlopes({ output: slope, at, variables: [...variables, c] }, 'second', settings)
}
