// The normal distribution on an interval.

/** erfc(z) for z ≥ 0, relative error below 1.2·10⁻⁷ (Press et al., Numerical Recipes, "Special functions": Chebyshev fit). */
function erfcOfPositive(z: number): number {
  const t = 1 / (1 + 0.5 * z)
  // biome-ignore format: the nested polynomial, two coefficients a line
  const sum = t * (1.00002368 + t * (0.37409196 +
    t * (0.09678418 + t * (-0.18628806 +
    t * (0.27886807 + t * (-1.13520398 +
    t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))))
  return t * Math.exp(-z * z - 1.26551223 + sum)
}

/** The upper tail of the unit normal, for z ≥ 0. */
function tail(z: number): number {
  return 0.5 * erfcOfPositive(z * Math.SQRT1_2)
}

/** The probability that a unit normal lies between a and b, precise in both tails. */
export function normalMass(a: number, b: number): number {
  if (a >= 0) return tail(a) - tail(b)
  if (b <= 0) return tail(-b) - tail(-a)
  return 1 - tail(-a) - tail(b)
}
