// One handwritten-looking digit: a style of the digit, bent, tilted and placed at random, in ink on a noisy ground.

import type { RandomStream } from '@gradwerk/core'
import { type Glyph, glyphs, type Stroke } from './glyphs.ts'
import { drawLine, edge } from './ink.ts'
import { trace } from './trace.ts'

/** How far the hand strays. Lengths in glyph units (a digit is 2 high) unless said otherwise; spreads are standard deviations. */
const spread = {
  /** Of each control point. */
  wobble: 0.075,
  /** Of the tilt, in radians. */
  rotation: 0.12,
  /** Of the slant: sideways shift per unit of height. */
  slant: 0.17,
  /** Pixels per unit of height, and the factor for the width: from, to. */
  size: [7.6, 9.8],
  aspect: [0.8, 1.2],
  /** Of the place, in pixels. */
  shift: 0.75,
  /** Half the stroke's width in pixels: from, to. */
  radius: [0.8, 1.75],
  /** Brightness of full ink, in 255ths: from, to. */
  brightness: [160, 255],
  /** Largest standard deviation of the ground, in 255ths. */
  noise: 22,
  /** Share of images with a stray stroke. */
  stray: 0.15,
} as const

/** Draws one image of a digit into `pixels` [28, 28], with random numbers from the stream. */
export function writeDigit(pixels: Uint8Array, digit: number, random: RandomStream): void {
  const between = ([from, until]: readonly [number, number]): number => from + (until - from) * random.uniform()
  const styles = glyphs[digit] ?? []
  const glyph: Glyph = styles[random.integer(styles.length)] ?? []
  const place = placement(random, between(spread.size), between(spread.aspect))
  const radius = between(spread.radius)
  const ink = new Float32Array(edge * edge)
  for (const stroke of glyph) {
    const bent = stroke.map(({ x, y, corner }) =>
      place(x + spread.wobble * random.normal(), y + spread.wobble * random.normal(), corner),
    )
    drawLine(ink, trace(bent), radius * (0.85 + 0.3 * random.uniform()))
  }
  if (random.uniform() < spread.stray) drawLine(ink, trace(strayStroke(random)), radius * 0.8)
  expose(pixels, ink, between(spread.brightness), spread.noise * random.uniform(), random)
}

type Placement = (x: number, y: number, corner: boolean) => Stroke[number]

/** From glyph units to pixels: scaled, slanted, turned and shifted. */
function placement(random: RandomStream, size: number, aspect: number): Placement {
  const angle = spread.rotation * random.normal()
  const slant = spread.slant * random.normal()
  const [cos, sin] = [Math.cos(angle) * size, Math.sin(angle) * size]
  const middleX = (edge - 1) / 2 + spread.shift * random.normal()
  const middleY = (edge - 1) / 2 + spread.shift * random.normal()
  return (x, y, corner) => {
    const slanted = aspect * x - slant * y
    return { x: middleX + cos * slanted - sin * y, y: middleY + sin * slanted + cos * y, corner }
  }
}

/** A short line anywhere. */
function strayStroke(random: RandomStream): Stroke {
  const x = edge * random.uniform()
  const y = edge * random.uniform()
  const angle = 2 * Math.PI * random.uniform()
  const length = 4 + 6 * random.uniform()
  const end = { x: x + length * Math.cos(angle), y: y + length * Math.sin(angle), corner: false }
  return [{ x, y, corner: false }, end]
}

/** Ink to bytes, on a ground of almost normal noise: the sum of the four bytes of a random word. */
function expose(pixels: Uint8Array, ink: Float32Array, brightness: number, noise: number, random: RandomStream): void {
  const perUnit = noise / Math.sqrt((4 * (256 ** 2 - 1)) / 12)
  for (let i = 0; i < ink.length; i++) {
    const word = random.word()
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24)
    const light = brightness * (ink[i] ?? 0) + perUnit * (sum - 510)
    pixels[i] = Math.min(Math.max(Math.round(light), 0), 255)
  }
}
