// A model to start from: training goes on with the numbers that it has, with slots of an optimizer that knows nothing yet.

import {
  DataError,
  formatType,
  type Layer,
  sameShape,
  type TrainedModel,
  type Value,
  type Values,
} from '@gradwerk/core'

/** The layer to train, and the trained model it came in. */
export function startingModel(model: Layer | TrainedModel): { readonly model: Layer; readonly start?: TrainedModel } {
  return 'layer' in model ? { model: model.layer, start: model } : { model }
}

/** The numbers of a trained model in the places of those that were drawn. Throws a DataError that names the ones that do not fit. */
export function startingValues(drawn: Values, given: Values): Values {
  const fits = (value: Value | undefined, like: Value) =>
    value !== undefined && value.dtype === like.dtype && sameShape(value.shape, like.shape)
  const wrong = Object.entries(drawn).filter(([name, like]) => !fits(given[name], like))
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(drawn, name))
  const named = (values: Values, names: readonly string[]) =>
    names.map((name) => `${name} ${values[name] === undefined ? 'missing' : formatType(values[name])}`).join(', ')
  if (wrong.length + unknown.length > 0) {
    const names = wrong.map(([name]) => name)
    throw new DataError({
      who: 'Trainer',
      problem: 'the numbers of the trained model are not those of its layer for this dataset',
      expected: named(drawn, names) || 'nothing else',
      got: named(given, [...names, ...unknown]),
    })
  }
  return Object.fromEntries(Object.keys(drawn).map((name) => [name, given[name] as Value]))
}
