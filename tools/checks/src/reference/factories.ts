// The factories of a package with the options they take: found by calling each with nothing, which makes a plugin or an error that knows its schema.

import { isPlugin, jsonSchemaOf, OptionError, type OptionJsonSchema, type Registry } from '@gradwerk/core'
import type { Declaration } from './declarations.ts'

/** What takes options that a schema describes. */
export interface Described extends Declaration {
  /** The contract that what a factory makes fulfils, in words; of others what they are themselves: `function`. */
  readonly kind: string
  /** Other names of the same function. */
  readonly aliases: readonly string[]
  readonly options: OptionJsonSchema
}

const contracts = [
  ...[
    'Layer',
    'Initializer',
    'Parametrization',
    'Regularizer',
    'Constraint',
    'Loss',
    'Metric',
    'Optimizer',
    'Schedule',
  ],
  ...['GradientTransform', 'Augmentation', 'Callback', 'Sampler', 'Pruner', 'Exporter'],
]

/** The contract in a written type: of `Layer`, and of aliases such as `PlainLayer`. */
function contractOf(type: string): string | undefined {
  return contracts.findLast((contract) => type.endsWith(contract))
}

/** What a factory makes of nothing, or the error with which it refuses. */
function answer(factory: () => unknown): unknown {
  try {
    return factory()
  } catch (error) {
    return error
  }
}

function isFunction(x: unknown): x is () => unknown {
  return typeof x === 'function'
}

/** Every exported function that makes a plugin. Throws for one whose options no schema describes. */
export function factoriesOf(namespace: Registry, declarations: readonly Declaration[]): Described[] {
  return declarations.flatMap((declaration) => {
    const factory = namespace[declaration.name]
    const contract = contractOf(declaration.type)
    if (contract === undefined || !isFunction(factory)) return []
    const made = answer(factory)
    const options = isPlugin(made) || made instanceof OptionError ? jsonSchemaOf(made) : undefined
    if (options === undefined) throw new Error(`${declaration.file}: no schema for the options of ${declaration.name}`)
    const kind = contract.replace(/(?<=.)[A-Z]/g, ' $&').toLowerCase()
    const names = Object.keys(namespace).filter((name) => namespace[name] === factory)
    return [{ ...declaration, kind, aliases: names.filter((name) => name !== declaration.name), options }]
  })
}
