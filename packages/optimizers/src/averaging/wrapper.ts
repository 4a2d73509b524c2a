// What optimizers around an optimizer share.

import {
  type Optimizer,
  OptionError,
  type ParameterInfo,
  pluginSchema,
  type StateSpec,
  type Tensor,
} from '@gradwerk/core'
import type { z } from 'zod'

export const optimizerSchema: z.ZodType<Optimizer, Optimizer> = pluginSchema<Optimizer>('optimizer').meta({
  description: 'The optimizer that makes the steps.',
})

/** Throws an OptionError for an optimizer that evaluates with parameters of its own: two of them have no meaning together. */
export function checkPlain(who: string, { name, evaluationParameter }: Optimizer): void {
  if (evaluationParameter !== undefined)
    throw new OptionError({
      who,
      problem: `${name} already says which parameters are evaluated`,
      expected: 'an optimizer that is evaluated where it trains',
      got: name,
    })
}

/** The slots of an optimizer and one more, of the parameter's shape. */
export function withSlot(inner: Optimizer, slot: string): Optimizer['slots'] {
  return (info: ParameterInfo): Record<string, StateSpec> => ({
    ...inner.slots(info),
    [slot]: { shape: info.shape, initial: 0 },
  })
}

/** A slot taken out of the others. */
export function taken(
  slots: Readonly<Record<string, Tensor>>,
  slot: string,
): readonly [Tensor, Readonly<Record<string, Tensor>>] {
  const { [slot]: own, ...others } = slots
  return [own as Tensor, others]
}
