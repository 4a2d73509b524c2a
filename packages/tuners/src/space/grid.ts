// Ranges with a step, in decimal arithmetic: 0.1 steps from 0 to 1 end at 1, as people mean it, and not one step earlier.

/** The digits of a number and the power of ten behind them: 0.25 is 25 · 10⁻². */
function decimal(number: number): { digits: bigint; exponent: number } {
  const [mantissa = '0', power = '0'] = number.toExponential().split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length }
}

/** Whole numbers that stand in the same ratio as the given ones, and the power of ten they are in units of. */
function common(numbers: readonly number[]): { digits: bigint[]; exponent: number } {
  const parts = numbers.map(decimal)
  const exponent = Math.min(...parts.map((part) => part.exponent))
  return { digits: parts.map((part) => part.digits * 10n ** BigInt(part.exponent - exponent)), exponent }
}

/** How many steps fit between low and high. */
export function stepsBetween(low: number, high: number, step: number): number {
  const [from, to, by] = common([low, high, step]).digits as [bigint, bigint, bigint]
  return Number((to - from) / by)
}

/** low + count · step, rounded once. */
export function onGrid(low: number, step: number, count: number): number {
  const { digits, exponent } = common([low, step])
  const [from, by] = digits as [bigint, bigint]
  return Number(`${from + by * BigInt(count)}e${exponent}`)
}

/** The largest number on the grid that is not above high. */
export function highestOnGrid(low: number, high: number, step: number): number {
  return onGrid(low, step, stepsBetween(low, high, step))
}

/** Whether a number is low + count · step, but for the rounding of who computed it. */
export function isOnGrid(low: number, step: number, value: number): boolean {
  const count = (value - low) / step
  const whole = Math.round(count)
  return Math.abs(count - whole) < 1e-8 || value === onGrid(low, step, whole)
}
