// Scopes and parameter descriptions for plugins that are called outside of a training step.

import { constantHyperparameters, type ParameterInfo, type ParameterRole, type Scope, type Shape } from '@gradwerk/core'

/** A scope in which hyper-parameters are constants: schedules stand at their first step. */
export function constantScope(): Scope {
  return constantHyperparameters().scope('testing')
}

/** A parameter of a shape: by default a kernel [in, out] (or [out, in, height, width]) whose axes say so. */
export function parameterInfo(shape: Shape, role: ParameterRole = 'kernel', name = 'layer.parameter'): ParameterInfo {
  const rank = shape.length
  const convolution = rank > 2
  return {
    name,
    role,
    shape,
    outputAxes: rank === 0 ? [] : convolution ? [0] : [rank - 1],
    inputAxes: rank < 2 ? [] : convolution ? [1] : [0],
  }
}
