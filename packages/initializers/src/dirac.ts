// Convolutions that pass their input on.

import { type Initializer, parseOptions, ShapeError, sizeOf } from '@gradwerk/core'
import { z } from 'zod'
import { type GroupsOptions, groupsRow } from './groups-option.ts'
import { groupViews } from './weight-view.ts'

const schema = z.strictObject({ groups: groupsRow })

/**
 * The Dirac delta: in each group, output channel i is input channel i, as far as there are both: w[i, i, center] = 1, all else 0.
 *
 * Shapes: a kernel [out, in/groups, …] or, transposed, [in, out/groups, …], with at least one axis of the receptive field. The
 * middle of k places is ⌊k / 2⌋, as in PyTorch.
 *
 * Zagoruyko & Komodakis 2017, “DiracNets”: the identity of their parametrization.
 *
 * @throws OptionError for groups that are not a whole number from 1; ShapeError for fewer than three axes, or a first axis that the groups do not divide
 * @example
 * ```ts
 * conv2d(32, { size: 3, padding: 'same', initializer: dirac() })
 * ```
 */
export function dirac(options: GroupsOptions = {}): Initializer {
  const parsed = parseOptions('dirac', schema, options)
  return {
    kind: 'initializer',
    name: 'dirac',
    options: parsed,
    sample(shape, fans) {
      if (shape.length < 3)
        throw new ShapeError({
          who: 'dirac',
          problem: 'the parameter is not the kernel of a convolution',
          expected: 'three axes or more',
          got: `[${shape.join(', ')}]`,
          hint: 'identity() for dense kernels',
        })
      const numbers = new Float32Array(sizeOf(shape))
      if (numbers.length === 0) return numbers
      for (const { outputs, inputs, center, at } of groupViews('dirac', shape, fans, parsed.groups))
        for (let i = 0; i < Math.min(outputs, inputs); i++) numbers[at(i, i, center)] = 1
      return numbers
    },
  }
}
