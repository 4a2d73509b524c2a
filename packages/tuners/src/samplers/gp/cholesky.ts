// Dense positive definite matrices by rows in typed arrays. Everything comes down to products of rows, which lie together in memory.

/** The product of two rows' elements from `from` to below `to`; four sums at a time, because each addition waits for its predecessor. */
function dot(a: Float64Array, rowA: number, b: Float64Array, rowB: number, from: number, to: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let k = from
  for (; k + 3 < to; k += 4) {
    s0 += (a[rowA + k] as number) * (b[rowB + k] as number)
    s1 += (a[rowA + k + 1] as number) * (b[rowB + k + 1] as number)
    s2 += (a[rowA + k + 2] as number) * (b[rowB + k + 2] as number)
    s3 += (a[rowA + k + 3] as number) * (b[rowB + k + 3] as number)
  }
  for (; k < to; k++) s0 += (a[rowA + k] as number) * (b[rowB + k] as number)
  return s0 + s1 + (s2 + s3)
}

/** Turns the lower triangle of a symmetric [n, n] matrix into its Cholesky factor L, in place; false unless it is positive definite. */
export function factorize(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n
    for (let j = 0; j < i; j++)
      a[row + j] = ((a[row + j] as number) - dot(a, row, a, j * n, 0, j)) / (a[j * n + j] as number)
    const left = (a[row + i] as number) - dot(a, row, a, row, 0, i)
    if (!(left > 0)) return false
    a[row + i] = Math.sqrt(left)
  }
  return true
}

/** The transposed inverse L⁻ᵀ of a lower triangle: an upper triangle. */
export function invertTransposed(l: Float64Array, n: number): Float64Array {
  const upper = new Float64Array(n * n)
  for (let j = 0; j < n; j++) {
    const row = j * n
    upper[row + j] = 1 / (l[row + j] as number)
    for (let i = j + 1; i < n; i++) upper[row + i] = -dot(l, i * n, upper, row, j, i) / (l[i * n + i] as number)
  }
  return upper
}

/** The lower triangle of U Uᵀ for an upper triangle U: with U = L⁻ᵀ, the inverse of L Lᵀ. */
export function upperSquare(upper: Float64Array, n: number): Float64Array {
  const square = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) square[i * n + j] = dot(upper, i * n, upper, j * n, i, n)
  return square
}

/** Aᵀ of a square matrix. */
export function transposed(a: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) result[j * n + i] = a[i * n + j] as number
  return result
}

/** y = T x for a lower triangle T, [n, n]. */
export function timesLower(t: Float64Array, x: Float64Array, y: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) y[i] = dot(t, i * n, x, 0, 0, i + 1)
}

/** y = U x for an upper triangle U, [n, n]. */
export function timesUpper(upper: Float64Array, x: Float64Array, y: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) y[i] = dot(upper, i * n, x, 0, i, n)
}
