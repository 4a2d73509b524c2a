import type { Tensor } from '../tensor/tensor.ts'
import type { LayerContext, ParameterSpec } from './layer.ts'
import type { Plugin } from './plugin.ts'

/** Replaces a parameter by an expression of other parameters and state (weight norm, spectral norm). */
export interface Parametrization extends Plugin<'parametrization'> {
  /**
   * The effective tensor, of the declared shape. Parameters and states are declared under the name of the one replaced:
   * `kernel.direction`; a `fromDraw` in their spec starts them from what would have been drawn for it. Power iterations and the like learn where
   * `context.batchStatistics` is on.
   */
  apply(name: string, spec: ParameterSpec, context: LayerContext): Tensor
}
