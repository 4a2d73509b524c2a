// Xiao et al. 2018: convolutions that keep lengths, with which plain networks of thousands of layers train.

import { type Initializer, parseOptions, ShapeError, sizeOf } from '@gradwerk/core'
import { z } from 'zod'
import { type GainOptions, gainRow } from './gain-option.ts'
import { type GroupsOptions, groupsRow } from './groups-option.ts'
import { orthonormal } from './orthonormal.ts'
import { groupViews } from './weight-view.ts'

const schema = z.strictObject({ gain: gainRow, groups: groupsRow })

export interface DeltaOrthogonalOptions extends GainOptions, GroupsOptions {}

/**
 * Zero except in the middle of the receptive field, where a random matrix H [outputs, inputs] with orthonormal columns stands:
 * K[o, i, center] = gain · H[o, i] with Hᵀ·H = I. A convolution that pads as much as its kernel overlaps ('same') and has stride 1
 * then multiplies the length of every input with the gain.
 *
 * Shapes: a kernel with at least as many outputs as inputs; with groups, each group by itself. The middle of k places is ⌊k / 2⌋.
 *
 * Xiao et al. 2018, “Dynamical isometry and a mean field theory of CNNs”: the delta-orthogonal kernel.
 *
 * @throws OptionError for a gain that is not positive; ShapeError for fewer outputs than inputs, or a first axis that the groups do not divide
 * @example
 * ```ts
 * conv2d(64, { size: 3, padding: 'same', initializer: deltaOrthogonal({ gain: recommendedGain('tanh') }) })
 * ```
 */
export function deltaOrthogonal(options: DeltaOrthogonalOptions = {}): Initializer {
  const parsed = parseOptions('deltaOrthogonal', schema, options)
  const { gain, groups } = parsed
  return {
    kind: 'initializer',
    name: 'deltaOrthogonal',
    options: parsed,
    sample(shape, fans, random) {
      const numbers = new Float32Array(sizeOf(shape))
      for (const { outputs, inputs, center, at } of groupViews('deltaOrthogonal', shape, fans, groups)) {
        if (outputs < inputs)
          throw new ShapeError({
            who: 'deltaOrthogonal',
            problem: 'fewer outputs than inputs cannot keep all lengths',
            expected: `at least ${inputs} outputs in a group`,
            got: `${outputs}`,
            hint: 'orthogonal()',
          })
        if (numbers.length === 0) continue
        const h = orthonormal(outputs, inputs, random)
        for (let output = 0; output < outputs; output++)
          for (let input = 0; input < inputs; input++) numbers[at(output, input, center)] = gain * h.get(output, input)
      }
      return numbers
    },
  }
}
