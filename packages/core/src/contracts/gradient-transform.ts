import type { Tensor } from '../tensor/tensor.ts'
import type { Plugin } from './plugin.ts'
import type { Scope } from './schedule.ts'

/** Changes all gradients together, before the optimizer sees them (clipping by global norm). */
export interface GradientTransform extends Plugin<'gradientTransform'> {
  /** Gradients by parameter name to gradients by parameter name, of the same shapes. */
  transform(gradients: ReadonlyMap<string, Tensor>, scope: Scope): ReadonlyMap<string, Tensor>
}
