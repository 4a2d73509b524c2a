// Numbers and times as people read them.

export function percent(part: number, digits = 2): string {
  return `${(100 * part).toFixed(digits)} %`
}

/** A stated percentage, with no more digits than it has: 99 %, 98.5 %. */
export function level(part: number): string {
  return `${Number((100 * part).toFixed(2))} %`
}

/** 1:05 */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** Three or so digits that tell something: 0.0012, 0.123, 12.3. */
export function decimal(x: number): string {
  if (!Number.isFinite(x)) return String(x)
  return x.toFixed(Math.abs(x) < 0.01 ? 4 : Math.abs(x) < 10 ? 3 : 1)
}

export function count(n: number): string {
  return n.toLocaleString('en-US')
}

export function plural(n: number, word: string): string {
  return `${count(n)} ${word}${n === 1 ? '' : 's'}`
}
