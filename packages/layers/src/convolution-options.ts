// What convolution layers have in common: how the kernel moves, groups, and the bias of every channel.

import { add, type LayerContext, reshape, ShapeError, type Tensor } from '@gradwerk/core'
import type { z } from 'zod'
import type { WeightOptions } from './weight-options.ts'
import { who } from './who.ts'
import { type PaddingOption, paddingSchema, type Size, sizeSchema } from './window-options.ts'

export interface ConvolutionLayerOptions extends WeightOptions {
  /** Height and width of the kernel, in pixels. */
  readonly size: Size
  /** Distance between neighbouring windows, in pixels. Default 1. */
  readonly strides?: Size
  /** Zeros around the image. Default `valid`: none. */
  readonly padding?: PaddingOption
  /** Distance between neighbouring taps of the kernel, in pixels. Default 1. */
  readonly dilations?: Size
}

/** What a convolution layer puts into its schema. */
export const convolutionRows: {
  readonly size: z.ZodType<Size, Size>
  readonly strides: z.ZodDefault<z.ZodType<Size, Size>>
  readonly padding: z.ZodDefault<z.ZodType<PaddingOption, PaddingOption>>
  readonly dilations: z.ZodDefault<z.ZodType<Size, Size>>
} = {
  size: sizeSchema.meta({
    description: 'height and width of the kernel',
    search: { type: 'categorical', choices: [3, 5, 7] },
  }),
  strides: sizeSchema.default(1).meta({ description: 'distance between neighbouring windows' }),
  padding: paddingSchema.default('valid').meta({ description: 'zeros around the image' }),
  dilations: sizeSchema.default(1).meta({ description: 'distance between neighbouring taps of the kernel' }),
}

/** Throws a ShapeError unless the groups divide input channels and filters. */
export function checkGroups(
  name: string,
  context: LayerContext,
  { channels, filters, groups }: { readonly channels: number; readonly filters: number; readonly groups: number },
): void {
  if (channels % groups === 0 && filters % groups === 0) return
  throw new ShapeError({
    who: who(name, context),
    problem: 'the groups do not divide the channels',
    expected: `input channels and filters that are multiples of ${groups}`,
    got: `${channels} channels and ${filters} filters`,
  })
}

/** y: [batch, channels, height, width] plus a bias [channels], where there is one. */
export function withBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? y : add(y, reshape(bias, [y.shape[1] as number, 1, 1]))
}
