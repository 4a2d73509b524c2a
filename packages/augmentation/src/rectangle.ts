// A rectangle of pixels for each image.

import { and, constant, greater, lessEqual, reshape, type Tensor, valueOf } from '@gradwerk/core'

/** Whole numbers [batch, 1]: the first row and column inside, and the first behind. It may reach beyond the image. */
export interface Rectangle {
  readonly top: Tensor
  readonly bottom: Tensor
  readonly left: Tensor
  readonly right: Tensor
}

/** [batch, length]: whether a place along an axis is inside. */
function between(start: Tensor, end: Tensor, length: number): Tensor {
  const places = constant(
    valueOf(
      'float32',
      [length],
      Array.from({ length }, (_, i) => i),
    ),
  )
  return and(lessEqual(start, places), greater(end, places))
}

/** Whether pixels are inside: bool [batch, 1, height, width]. */
export function insideOf({ top, bottom, left, right }: Rectangle, height: number, width: number): Tensor {
  const rows = between(top, bottom, height)
  const columns = between(left, right, width)
  const [batch] = rows.shape as [number]
  return and(reshape(rows, [batch, 1, height, 1]), reshape(columns, [batch, 1, 1, width]))
}
