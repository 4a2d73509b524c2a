// Who made which tensor: the paths of layers, for readable names in exported models.

import { topological } from '../program/graph.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** Tensors with the path of the layer, or the part of a step, that made them: `encoder.dense_1`. */
export type TensorPaths = ReadonlyMap<Tensor, string>

/** Gives a path to everything that the roots are made of, compositions included, and that has none so far. */
export function claimPath(paths: Map<Tensor, string>, path: string, roots: readonly Tensor[]): void {
  const enter = (tensor: Tensor): readonly Tensor[] => {
    if (paths.has(tensor)) return []
    return tensor.expansion === undefined ? tensor.inputs : [...tensor.inputs, tensor.expansion]
  }
  for (const tensor of topological(roots, enter)) if (!paths.has(tensor)) paths.set(tensor, path)
}
