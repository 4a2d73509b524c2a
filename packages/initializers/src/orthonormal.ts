// Random matrices with orthonormal rows or columns.

import type { RandomStream } from '@gradwerk/core'
import { Matrix, QrDecomposition } from 'ml-matrix'

/**
 * A matrix [rows, columns] with orthonormal rows (or columns, where those are fewer), in float64, every such matrix being equally
 * likely: Q of the QR decomposition of a matrix of normal draws, its columns multiplied with the signs of R's diagonal (Mezzadri
 * 2007, section 5).
 */
export function orthonormal(rows: number, columns: number, random: RandomStream): Matrix {
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)]
  const normal = Matrix.zeros(long, short)
  for (let i = 0; i < long; i++) for (let j = 0; j < short; j++) normal.set(i, j, random.normal())
  const { orthogonalMatrix: q, upperTriangularMatrix: r } = new QrDecomposition(normal)
  for (let j = 0; j < short; j++) if (r.get(j, j) < 0) q.mulColumn(j, -1)
  return rows < columns ? q.transpose() : q
}
