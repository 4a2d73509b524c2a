// What every plugin is: a plain object that a factory returns.

/**
 * `name` is the name of the factory; `options` is everything it was made from, plain JSON apart from nested plugins, so that
 * `factory(revive(JSON.parse(JSON.stringify(plugin.options)), …))` behaves the same.
 */
export interface Plugin<Kind extends string = string> {
  readonly kind: Kind
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}
