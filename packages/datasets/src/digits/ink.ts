// Anti-aliased strokes on a grid of pixels.

import type { Polyline } from './trace.ts'

/** Pixels along an edge of an image. */
export const edge = 28

/**
 * Draws a polyline with round ends into `ink` [edge, edge]: each pixel takes the strongest coverage of any segment, from 0 to 1. A
 * pixel's coverage falls from 1 to 0 over one pixel around the stroke's rim.
 */
export function drawLine(ink: Float32Array, line: Polyline, radius: number): void {
  for (let i = 0; i + 3 < line.length; i += 2)
    drawSegment(ink, line[i] ?? 0, line[i + 1] ?? 0, line[i + 2] ?? 0, line[i + 3] ?? 0, radius)
}

function drawSegment(ink: Float32Array, ax: number, ay: number, bx: number, by: number, radius: number): void {
  const reach = radius + 0.5
  const left = Math.max(0, Math.ceil(Math.min(ax, bx) - reach))
  const right = Math.min(edge - 1, Math.floor(Math.max(ax, bx) + reach))
  const top = Math.max(0, Math.ceil(Math.min(ay, by) - reach))
  const bottom = Math.min(edge - 1, Math.floor(Math.max(ay, by) + reach))
  const dx = bx - ax
  const dy = by - ay
  const inverse = 1 / Math.max(dx * dx + dy * dy, 1e-12)
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const along = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) * inverse, 0), 1)
      const offX = x - ax - along * dx
      const offY = y - ay - along * dy
      const distance = Math.sqrt(offX * offX + offY * offY)
      const coverage = Math.min(reach - distance, 1)
      const pixel = y * edge + x
      if (coverage > (ink[pixel] ?? 1)) ink[pixel] = coverage
    }
}
