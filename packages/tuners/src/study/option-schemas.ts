// Options that several functions on studies share.

import type { Registry } from '@gradwerk/core'
import { z } from 'zod'
import type { Storage } from '../storage/storage.ts'

export const nameSchema: z.ZodDefault<z.ZodString> = z
  .string()
  .min(1)
  .default('study')
  .meta({ description: 'name of the study in the storage' })

export const storageSchema: z.ZodType<Storage> = z
  .custom<Storage>((x) => typeof x === 'object' && x !== null && 'append' in x, 'a storage')
  .meta({ description: 'where the study lives' })

const registrySchema: z.ZodType<Registry> = z.custom<Registry>((x) => typeof x === 'object' && x !== null, 'namespaces')

export const registriesSchema: z.ZodDefault<z.ZodArray<z.ZodType<Registry>>> = z
  .array(registrySchema)
  .default([])
  .meta({ description: 'namespaces of samplers and pruners that are not from this package' })
