// Smooth functions in a box: limited-memory BFGS (Nocedal & Wright 2006, algorithm 7.4) with projected backtracking steps.

/** A function that also fills in its gradient. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number

export interface Box {
  readonly low: Float64Array
  readonly high: Float64Array
}

export interface MinimizeOptions {
  /** How many steps at most. */
  readonly steps: number
  /** Done where no free component of the gradient is larger. */
  readonly tolerance: number
}

export interface Minimum {
  readonly x: Float64Array
  readonly value: number
}

interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  readonly curvature: number
}

const memory = 8

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function addScaled(a: Float64Array, scale: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) + scale * (b[i] as number)
}

/** −H g with the inverse Hessian that the pairs of steps and gradient changes suggest. */
function direction(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((g) => -g)
  const last = pairs.at(-1)
  if (last === undefined) return q.map((component) => component / Math.max(1, Math.sqrt(dot(q, q))))
  const factors = pairs.map(() => 0)
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i] as Pair
    factors[i] = dot(step, q) / curvature
    addScaled(q, -(factors[i] as number), change)
  }
  const scale = last.curvature / dot(last.change, last.change)
  for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale
  pairs.forEach(({ step, change, curvature }, i) => {
    addScaled(q, (factors[i] as number) - dot(change, q) / curvature, step)
  })
  return q
}

/** A local minimum in a box, from a start inside it. Values that are no numbers count as too high. */
export function minimize(f: Smooth, start: Float64Array, { low, high }: Box, options: MinimizeOptions): Minimum {
  const size = start.length
  let x: Float64Array = start.slice()
  let gradient: Float64Array = new Float64Array(size)
  let value = f(x, gradient)
  const pairs: Pair[] = []
  for (let count = 0; count < options.steps; count++) {
    const stuck = (i: number): boolean => {
      const g = gradient[i] as number
      return ((x[i] as number) <= (low[i] as number) && g > 0) || ((x[i] as number) >= (high[i] as number) && g < 0)
    }
    const free = gradient.map((g, i) => (stuck(i) ? 0 : g))
    if (!free.some((g) => Math.abs(g) > options.tolerance)) break
    let towards: Float64Array = direction(free, pairs).map((d, i) => (stuck(i) ? 0 : d))
    if (!(dot(towards, free) < 0)) {
      pairs.length = 0
      towards = direction(free, pairs)
    }
    let next: { x: Float64Array; gradient: Float64Array; value: number } | undefined
    for (let length = 1; length > 1e-4; length /= 3) {
      const there = x.map((at, i) =>
        Math.min(high[i] as number, Math.max(low[i] as number, at + length * (towards[i] as number))),
      )
      const slope = new Float64Array(size)
      const reached = f(there, slope)
      const moved = there.map((at, i) => at - (x[i] as number))
      if (!(reached <= value + 1e-4 * dot(gradient, moved))) continue
      const change = slope.map((g, i) => g - (gradient[i] as number))
      const curvature = dot(moved, change)
      if (curvature > 1e-12 * dot(change, change)) pairs.push({ step: moved, change, curvature })
      if (pairs.length > memory) pairs.shift()
      next = { x: there, gradient: slope, value: reached }
      break
    }
    if (next === undefined) {
      if (pairs.length === 0) break
      pairs.length = 0
      continue
    }
    ;({ x, gradient, value } = next)
  }
  return { x, value }
}
