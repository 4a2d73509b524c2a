// From control points to a polyline: uniform Catmull–Rom splines (Catmull & Rom 1974) between corners.

import type { ControlPoint, Stroke } from './glyphs.ts'

/** A polyline: x and y of its points in turn. */
export type Polyline = readonly number[]

const piecesPerSpan = 5

/** The line through the points of a stroke, smooth but for its corners. */
export function trace(stroke: Stroke): Polyline {
  const line: number[] = []
  const last = stroke.length - 1
  for (let i = 0; i < last; i++) {
    const from = stroke[i]
    const until = stroke[i + 1]
    if (from === undefined || until === undefined) break
    // The spline looks at its neighbours, but not around a corner.
    const before = (from.corner ? undefined : stroke[i - 1]) ?? from
    const after = (until.corner ? undefined : stroke[i + 2]) ?? until
    if (i === 0) line.push(from.x, from.y)
    for (let piece = 1; piece <= piecesPerSpan; piece++) {
      const t = piece / piecesPerSpan
      line.push(spline(before, from, until, after, 'x', t), spline(before, from, until, after, 'y', t))
    }
  }
  return line
}

function spline(
  before: ControlPoint,
  from: ControlPoint,
  until: ControlPoint,
  after: ControlPoint,
  axis: 'x' | 'y',
  t: number,
): number {
  const [a, b, c, d] = [before[axis], from[axis], until[axis], after[axis]]
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
}
