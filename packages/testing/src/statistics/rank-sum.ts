// The rank-sum test.

/**
 * How many standard deviations the ranks of `a` among both samples lie above what equal distributions would give: negative where `a` is smaller.
 *
 * z = (U − n m / 2) / √(n m (n + m + 1) / 12), U the number of pairs with a > b, ties counting half.
 *
 * Mann & Whitney 1947.
 */
export function rankSum(a: readonly number[], b: readonly number[]): number {
  const [n, m] = [a.length, b.length]
  const wins = a.reduce((sum, x) => sum + b.reduce((count, y) => count + (x > y ? 1 : x === y ? 0.5 : 0), 0), 0)
  return (wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12)
}
