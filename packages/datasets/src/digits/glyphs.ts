// How the ten digits are written: strokes through control points, several styles each. A digit stands in the box from (-0.6, -1) at
// the top left to (0.6, 1) at the bottom right.

/** Where the pen passes; at a corner the direction changes at once, elsewhere smoothly. */
export interface ControlPoint {
  readonly x: number
  readonly y: number
  readonly corner: boolean
}

/** One movement of the pen. */
export type Stroke = readonly ControlPoint[]
/** One way to write a digit. */
export type Glyph = readonly Stroke[]

const to = (x: number, y: number): ControlPoint => ({ x, y, corner: false })
const corner = (x: number, y: number): ControlPoint => ({ x, y, corner: true })

/** Part of an ellipse, from one angle to another in degrees: 0 is right, 90 is down. */
function arc(x: number, y: number, width: number, height: number, from: number, until: number): Stroke {
  const steps = Math.max(2, Math.ceil(Math.abs(until - from) / 50))
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((until - from) * i) / steps) * Math.PI) / 180
    return to(x + width * Math.cos(angle), y + height * Math.sin(angle))
  })
}

/** The styles of each digit: `glyphs[7]` are the ways to write a seven. */
export const glyphs: readonly (readonly Glyph[])[] = [
  [
    [arc(0, 0, 0.55, 0.95, -100, 262)],
    [arc(0, 0, 0.45, 0.92, -55, 310)],
    [[to(0.25, -0.98), ...arc(0, 0.05, 0.52, 0.88, -110, -455)]],
  ],
  [
    [[to(0, -0.95), to(0, 0), to(0, 0.95)]],
    [[to(-0.32, -0.55), corner(0.06, -0.95), to(0.05, 0), to(0.04, 0.95)]],
    [
      [to(-0.3, -0.6), corner(0.04, -0.95), to(0.04, 0.93)],
      [to(-0.38, 0.95), to(0.42, 0.95)],
    ],
  ],
  [
    [[...arc(0, -0.42, 0.52, 0.53, -165, 35), to(-0.1, 0.45), corner(-0.52, 0.93), to(0.55, 0.93)]],
    [
      [
        ...arc(-0.02, -0.45, 0.48, 0.5, -150, 45),
        to(-0.2, 0.55),
        to(-0.5, 0.85),
        to(-0.38, 0.6),
        to(0, 0.8),
        to(0.55, 0.92),
      ],
    ],
    [[...arc(0, -0.5, 0.5, 0.45, -180, 30), to(0, 0.4), corner(-0.5, 0.9), to(0, 0.8), to(0.55, 0.95)]],
  ],
  [
    [[...arc(-0.05, -0.47, 0.48, 0.46, -150, 75), corner(-0.12, 0), ...arc(-0.05, 0.47, 0.55, 0.48, -75, 150)]],
    [[to(-0.45, -0.92), corner(0.42, -0.92), corner(-0.08, -0.16), ...arc(-0.05, 0.4, 0.53, 0.54, -70, 150)]],
    [[...arc(-0.1, -0.5, 0.42, 0.44, -160, 60), corner(0.02, -0.08), ...arc(-0.1, 0.42, 0.5, 0.5, -70, 130)]],
  ],
  [
    [[to(0.26, 0.95), corner(0.26, -0.95), corner(-0.55, 0.3), to(0.6, 0.3)]],
    [
      [to(-0.4, -0.9), corner(-0.5, 0.12), to(0.55, 0.1)],
      [to(0.3, -0.6), to(0.25, 0.95)],
    ],
    [
      [to(-0.45, -0.85), to(-0.45, -0.2), to(-0.1, 0.08), to(0.42, -0.08)],
      [to(0.46, -0.9), to(0.4, 0), to(0.34, 0.95)],
    ],
  ],
  [
    [[to(0.5, -0.92), corner(-0.38, -0.92), corner(-0.45, -0.08), ...arc(-0.05, 0.38, 0.55, 0.55, -110, 150)]],
    [
      [to(-0.35, -0.86), corner(-0.42, -0.1), ...arc(-0.05, 0.36, 0.5, 0.57, -110, 140)],
      [to(-0.36, -0.88), to(0.5, -0.95)],
    ],
    [
      [
        to(0.48, -0.85),
        to(-0.1, -0.9),
        to(-0.36, -0.5),
        corner(-0.38, -0.05),
        ...arc(-0.08, 0.4, 0.48, 0.5, -100, 120),
      ],
    ],
  ],
  [
    [[to(0.38, -0.94), to(-0.12, -0.6), to(-0.43, 0), ...arc(0, 0.43, 0.47, 0.5, 170, -160)]],
    [[to(-0.08, -0.96), to(-0.36, -0.3), ...arc(-0.02, 0.46, 0.42, 0.47, 175, -150)]],
    [[to(0.15, -0.96), to(-0.35, -0.35), ...arc(0.02, 0.5, 0.46, 0.4, 175, -190)]],
  ],
  [
    [[to(-0.52, -0.9), corner(0.5, -0.9), to(0.15, 0), to(-0.15, 0.95)]],
    [
      [to(-0.5, -0.86), corner(0.5, -0.92), to(0.1, 0), to(-0.1, 0.95)],
      [to(-0.28, 0.06), to(0.42, 0)],
    ],
    [[to(-0.52, -0.55), corner(-0.46, -0.88), corner(0.5, -0.88), to(0.02, 0.1), to(-0.04, 0.95)]],
  ],
  [
    [
      [
        ...[to(0.4, -0.62), to(0, -0.95), to(-0.4, -0.55), to(0, -0.06), to(0.46, 0.45), to(0, 0.95)],
        ...[to(-0.46, 0.45), to(0, -0.06), to(0.38, -0.5), to(0.34, -0.78)],
      ],
    ],
    [arc(0, -0.48, 0.38, 0.45, -90, 275), arc(0, 0.46, 0.48, 0.48, -90, 275)],
    [[...arc(0, -0.5, 0.36, 0.42, 80, -275), ...arc(0, 0.44, 0.42, 0.5, -85, 275)]],
  ],
  [
    [[...arc(0, -0.43, 0.45, 0.5, -15, -370), to(0.42, 0.2), to(0.3, 0.95)]],
    [[...arc(0, -0.43, 0.44, 0.5, -15, -365), to(0.38, 0.35), to(0.1, 0.85), to(-0.32, 0.92)]],
    [[...arc(-0.02, -0.5, 0.42, 0.42, -30, -350), corner(0.42, -0.8), to(0.4, 0), to(0.4, 0.95)]],
  ],
]
