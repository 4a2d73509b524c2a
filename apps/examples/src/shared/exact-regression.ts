// Penalized least squares in float64 and without gradients, to compare training with.

export interface LeastSquares {
  /** Rows of features, each with mean 0 over the rows. */
  readonly inputs: readonly (readonly number[])[]
  readonly targets: readonly number[]
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * (b[i] ?? 0), 0)

/** The columns of a matrix given by rows. */
function columnsOf(rows: readonly (readonly number[])[]): number[][] {
  return (rows[0] ?? []).map((_, i) => rows.map((row) => row[i] ?? 0))
}

/** x of A x = b by elimination with partial pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0])
  const size = rows.length
  for (let pivot = 0; pivot < size; pivot++) {
    const rest = rows.splice(pivot).sort((a, b) => Math.abs(b[pivot] ?? 0) - Math.abs(a[pivot] ?? 0))
    const [first = [], ...others] = rest
    const eliminated = others.map((row) => {
      const factor = (row[pivot] ?? 0) / (first[pivot] ?? 0)
      return row.map((x, i) => x - factor * (first[i] ?? 0))
    })
    rows.push(first, ...eliminated)
  }
  const solution = new Array<number>(size).fill(0)
  for (let i = size - 1; i >= 0; i--) {
    const row = rows[i] ?? []
    const known = row.slice(i + 1, size).reduce((total, x, j) => total + x * (solution[i + 1 + j] ?? 0), 0)
    solution[i] = ((row[size] ?? 0) - known) / (row[i] ?? 0)
  }
  return solution
}

/**
 * argmin over w of `1/n · Σ (y − ȳ − w·x)² + λ/2 · Σ w²`: the solution of `(2/n · XᵀX + λ I) w = 2/n · Xᵀ(y − ȳ)`
 * (Hoerl & Kennard 1970).
 */
export function ridgeSolution({ inputs, targets }: LeastSquares, strength: number): number[] {
  const columns = columnsOf(inputs)
  const scale = 2 / inputs.length
  const matrix = columns.map((a, i) => columns.map((b, j) => scale * dot(a, b) + (i === j ? strength : 0)))
  return solve(
    matrix,
    columns.map((a) => scale * dot(a, targets)),
  )
}

/**
 * argmin over w of `1/n · Σ (y − ȳ − w·x)² + λ₁ Σ |w| + λ₂/2 · Σ w²` by coordinate descent: each weight in turn takes the value that is best
 * with the others fixed, `soft(2/n · xⱼ·rⱼ, λ₁) / (2/n · xⱼ·xⱼ + λ₂)` (Friedman, Hastie & Tibshirani 2010, equation 5).
 */
export function elasticNetSolution({ inputs, targets }: LeastSquares, l1: number, l2: number, sweeps = 2000): number[] {
  const columns = columnsOf(inputs)
  const scale = 2 / inputs.length
  const weights = columns.map(() => 0)
  const center = targets.reduce((total, y) => total + y, 0) / targets.length
  const residual = targets.map((y) => y - center)
  for (let sweep = 0; sweep < sweeps; sweep++)
    for (const [j, column] of columns.entries()) {
      const before = weights[j] ?? 0
      const curvature = scale * dot(column, column)
      const pull = scale * dot(column, residual) + curvature * before
      const after = (Math.sign(pull) * Math.max(Math.abs(pull) - l1, 0)) / (curvature + l2)
      weights[j] = after
      for (const [i, x] of column.entries()) residual[i] = (residual[i] ?? 0) - (after - before) * x
    }
  return weights
}
